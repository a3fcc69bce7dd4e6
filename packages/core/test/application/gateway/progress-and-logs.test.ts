import { beforeEach, expect, test } from '@jest/globals';
import { RawJson, type Era, type McpNotification } from '@clarity-runtime/core';
import { forwardNotifications } from '../../../src/application/gateway/progress-and-logs.ts';

let received: McpNotification[];

beforeEach(() => {
  received = [];
});

const raw = (of: Readonly<Record<string, unknown>>): ReadonlyMap<string, RawJson> =>
  new Map(Object.entries(of).map(([name, value]) => [name, RawJson.of(value)]));

function listening(
  era: Era,
  params: Readonly<Record<string, unknown>> = {},
): (method: string, members: object) => void {
  const send = forwardNotifications({ era }, raw(params), (notification) => {
    received.push(notification);
  });
  return (method, members) => {
    send({ method: `notifications/${method}`, params: raw({ ...members }) });
  };
}

const seen = (member: string): readonly unknown[] => received.map(({ params }) => params.get(member)?.value);

test.each<[Era, unknown]>([
  ['legacy', 7],
  ['modern', 'seven'],
])('%s: progress is forwarded when its token has the value and the type of the call', (era, progressToken) => {
  const send = listening(era, { _meta: { progressToken } });
  for (const token of [progressToken, String(progressToken) + '0', 8, null, { a: 1 }]) {
    send('progress', { progressToken: token, progress: 1 });
  }
  send('progress', { progressToken: era === 'legacy' ? '7' : 7, progress: 2 });
  expect(seen('progressToken')).toEqual([progressToken]);
});

test('progress is dropped when it does not increase or is not a number', () => {
  const send = listening('modern', { _meta: { progressToken: 1 } });
  for (const progress of [0, 0, 2, 1, 'x', null, 2.5]) send('progress', { progressToken: 1, progress });
  expect(seen('progress')).toEqual([0, 2, 2.5]);
});

test.each([[{}], [{ _meta: {} }], [{ _meta: null }], [{ _meta: { progressToken: null } }]])(
  'progress is dropped for a call with params %j',
  (params) => {
    const send = listening('legacy', params);
    send('progress', { progress: 1 });
    for (const progressToken of [1, null]) send('progress', { progressToken, progress: 1 });
    expect(received).toEqual([]);
  },
);

test('log messages are forwarded to legacy clients, and to modern clients from their level', () => {
  const levels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency', 'loud'];
  const levelsFor = (era: Era, meta: object): readonly unknown[] => {
    received = [];
    const send = listening(era, { _meta: meta });
    for (const level of levels) send('message', { level, data: 1 });
    return seen('level');
  };
  expect(levelsFor('legacy', {})).toEqual(levels);
  expect(levelsFor('modern', {})).toEqual([]);
  expect(levelsFor('modern', { 'io.modelcontextprotocol/logLevel': 'loud' })).toEqual([]);
  expect(levelsFor('modern', { 'io.modelcontextprotocol/logLevel': 'error' })).toEqual(levels.slice(4, 8));
  expect(levelsFor('modern', { 'io.modelcontextprotocol/logLevel': 'debug' })).toEqual(levels.slice(0, 8));
});

test('notifications that belong to no call are dropped', () => {
  const send = listening('legacy', { _meta: { progressToken: 1 } });
  for (const method of ['tools/list_changed', 'resources/updated', 'cancelled', 'evil'])
    send(method, { progressToken: 1 });
  expect(received).toEqual([]);
});
