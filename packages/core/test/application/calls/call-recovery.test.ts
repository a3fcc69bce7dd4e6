import { beforeEach, expect, jest, test } from '@jest/globals';
import { ClarityError, RawJson, type McpReply } from '@clarity-runtime/core';
import type { UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';

let s: Stage;
let id: string;

const reply = (): McpReply => ({ result: RawJson.of({ content: [{ type: 'text', text: 'well' }] }) });
const lost = (): Promise<McpReply> => Promise.reject(new ClarityError('UPSTREAM_LOST', 'cut'));
const call = (tool = 'read', signal?: AbortSignal) =>
  ask(s.runtime, 'tools/call', { name: `calc__${tool}` }, signal === undefined ? {} : { signal });
const codeOf = (answer: McpReply): unknown =>
  (resultOf(answer)['_meta'] as { 'clarity/error'?: { code: string } } | undefined)?.['clarity/error']?.code;

/** Replies to calls in this order, then with success. */
function answers(...ways: ((exchange: UpstreamRequestOptions) => Promise<McpReply>)[]): void {
  s.connector.answer = (_request, exchange) => (ways.shift() ?? (() => Promise.resolve(reply())))(exchange);
}

const sentAndLost = (exchange: UpstreamRequestOptions): Promise<McpReply> => {
  exchange.onSent();
  return lost();
};

beforeEach(async () => {
  s = await stage({ holdMs: 5_000 });
  s.connector.tools.set('calc', [
    { name: 'read', annotations: { readOnlyHint: true } },
    { name: 'put', annotations: { idempotentHint: true, readOnlyHint: false } },
    { name: 'write' },
  ]);
  id = await s.register('calc', { maxRestarts: 20 });
  await s.runtime.services.start(operator, id);
});

test.each(['read', 'put', 'write'])('CallRecovery sends an unsent call again: %s', async (tool) => {
  answers(lost, lost);
  const pending = call(tool);
  for (let i = 0; i < 4; i += 1) await s.pass(500);
  expect(codeOf(await pending)).toBeUndefined();
  expect(s.connector.calls).toHaveLength(3);
});

test.each(['read', 'put'])(
  'CallRecovery repeats a call of a repeatable tool once when its reply was lost: %s',
  async (tool) => {
    answers(sentAndLost);
    const pending = call(tool);
    for (let i = 0; i < 2; i += 1) await s.pass(500);
    expect(codeOf(await pending)).toBeUndefined();
    answers(sentAndLost, sentAndLost);
    const second = call(tool);
    for (let i = 0; i < 4; i += 1) await s.pass(500);
    expect(codeOf(await second)).toBe('UPSTREAM_LOST');
    expect(s.connector.calls).toHaveLength(4);
  },
);

test('CallRecovery does not repeat other tools: the error says that the call may have run', async () => {
  answers(sentAndLost);
  const result = resultOf(await call('write'));
  expect(result).toMatchObject({ _meta: { 'clarity/error': { code: 'UPSTREAM_LOST' } } });
  expect(JSON.stringify(result)).toContain('may have been carried out');
  expect(s.connector.calls).toHaveLength(1);
});

test('CallRecovery returns an error response unchanged', async () => {
  answers(() => Promise.reject(new ClarityError('UPSTREAM_UNAUTHORIZED', '')));
  expect(codeOf(await call())).toBe('UPSTREAM_UNAUTHORIZED');
  expect(s.connector.calls).toHaveLength(1);
});

test('a call to a crashed service starts it at once and gets a result', async () => {
  s.connector.live.get('calc')?.onClose('killed');
  await settled();
  expect(s.lifecycle(id)).toBe('CRASHED');
  expect(codeOf(await call('write'))).toBeUndefined();
  expect(s.lifecycle(id)).toBe('RUNNING');
  expect(s.runtime.services.get(operator, id).status.restartCount).toBe(1);
});

test('a call during which the service crashes gets its result from the next process', async () => {
  answers((exchange) => {
    exchange.onSent();
    s.connector.live.get('calc')?.onClose('killed');
    return lost();
  });
  const pending = call('read');
  for (let i = 0; i < 3; i += 1) await s.pass(100);
  expect(codeOf(await pending)).toBeUndefined();
});

test('a hundred concurrent calls start a crashed service once', async () => {
  s.connector.live.get('calc')?.onClose('killed');
  const replies = await Promise.all(Array.from({ length: 100 }, () => call('write')));
  expect(replies.map(codeOf)).toEqual(replies.map(() => undefined));
  expect(s.connector.opened).toBe(2);
});

test('M3 calls start an unreachable service at once, and then at most once per second', async () => {
  const start = jest.fn(() => Promise.reject(new ClarityError('UPSTREAM_UNREACHABLE', 'ECONNREFUSED')));
  s.connector.connecting = start;
  s.connector.live.get('calc')?.onClose('killed');
  const pending = [call('write')];
  await settled();
  expect(start).toHaveBeenCalledTimes(1);
  while (pending.length <= 60) {
    await s.pass(100);
    pending.push(call('write'));
  }
  expect((await Promise.all(pending)).map(codeOf)).not.toContain(undefined);
  expect(start.mock.calls.length).toBeLessThanOrEqual(12);
});

test('a call does not start a stopped or quarantined service', async () => {
  await s.runtime.services.stop(operator, id);
  expect(codeOf(await call())).toBe('SERVICE_STOPPED');
  expect(s.lifecycle(id)).toBe('STOPPED');
  const quarantined = await s.register('quarantined', { maxRestarts: 1 });
  s.connector.tools.set('quarantined', [{ name: 'read' }]);
  await s.runtime.services.start(operator, quarantined);
  s.connector.failure = new Error('gone');
  s.connector.live.get('quarantined')?.onClose('killed');
  await s.pass(5_000);
  expect(s.lifecycle(quarantined)).toBe('QUARANTINED');
  const { opened } = s.connector;
  const denied = resultOf(await ask(s.runtime, 'tools/call', { name: 'quarantined__read' }));
  expect(denied).toMatchObject({ _meta: { 'clarity/error': { code: 'SERVICE_QUARANTINED' } } });
  expect(s.connector.opened).toBe(opened);
});

test('calls wait up to recoveryTimeoutMs; while the service is unavailable later calls fail at once', async () => {
  s.connector.answer = lost;
  const pending = call();
  for (let i = 0; i < 12; i += 1) await s.pass(500);
  expect(codeOf(await pending)).toBe('UPSTREAM_LOST');
  const asked = s.connector.calls.length;
  expect(codeOf(await call())).toBe('UPSTREAM_LOST');
  expect(s.connector.calls).toHaveLength(asked + 1);
  answers();
  expect(codeOf(await call())).toBeUndefined();
  answers(lost);
  const waiting = call();
  await s.pass(500);
  expect(codeOf(await waiting)).toBeUndefined();
});

test('a waiting call ends within its total limit, and later attempts get the remaining time', async () => {
  const own = await s.register('own', {}, { policy: { maxTimeoutMs: 1_000 } });
  s.connector.tools.set('own', [{ name: 'read' }]);
  await s.runtime.services.start(operator, own);
  const given: number[] = [];
  s.connector.answer = (_request, { totalMs }) => {
    given.push(totalMs);
    return lost();
  };
  const pending = ask(s.runtime, 'tools/call', { name: 'own__read' });
  for (let i = 0; i < 12; i += 1) await s.pass(100);
  expect(codeOf(await pending)).toBe('UPSTREAM_LOST');
  expect(given[0]).toBe(1_000);
  expect(given.length).toBeGreaterThan(2);
  expect(given).toEqual([...given].sort((a, b) => b - a));
});

test('a waiting call ends when its client cancels', async () => {
  const gone = new AbortController();
  s.connector.answer = lost;
  const pending = call('read', gone.signal);
  await settled();
  gone.abort();
  expect(codeOf(await pending)).toBe('CALL_CANCELLED');
});

test('a call during a restart waits for its end', async () => {
  let close = (): void => undefined;
  s.connector.closing = () => new Promise<void>((resolve) => (close = resolve));
  const restarting = s.runtime.services.restart(operator, id);
  await settled();
  expect(s.lifecycle(id)).toBe('STOPPING');
  const pending = call('write');
  await settled();
  close();
  expect(codeOf(await pending)).toBeUndefined();
  await restarting;
});

test('a rejected credential at a start is not retried', async () => {
  await s.runtime.services.stop(operator, id);
  s.connector.failure = new ClarityError('UPSTREAM_UNAUTHORIZED', 'HTTP 401');
  await s.runtime.autostart();
  expect(s.runtime.services.get(operator, id).status).toMatchObject({ lifecycle: 'STOPPED', health: 'UNAUTHORIZED' });
  s.connector.failure = undefined;
  await s.pass(3_600_000);
  expect(s.lifecycle(id)).toBe('STOPPED');
  await s.runtime.services.start(operator, id);
  expect(s.lifecycle(id)).toBe('RUNNING');
});

test('a service that was unreachable is refreshed, and notified once', async () => {
  s.connector.answer = () => Promise.reject(new ClarityError('UPSTREAM_UNREACHABLE', 'ECONNREFUSED'));
  const pending = call();
  await settled();
  expect(s.runtime.services.get(operator, id).status.health).toBe('UNREACHABLE');
  s.connector.tools.set('calc', [{ name: 'read' }, { name: 'other' }]);
  answers();
  let changes = 0;
  s.runtime.on('tools.changed', () => (changes += 1));
  await s.pass(500);
  await pending;
  await s.pass(50);
  expect(s.runtime.services.get(operator, id)).toMatchObject({ status: { health: 'HEALTHY' } });
  expect(s.runtime.services.get(operator, id).interface?.tools.map(({ name }) => name)).toEqual(['other', 'read']);
  expect(changes).toBe(1);
});

test('U42 a minute of list changes causes few refreshes', async () => {
  const { listed } = s.connector;
  for (let i = 0; i < 600; i += 1) {
    for (let j = 0; j < 20; j += 1) s.connector.live.get('calc')?.onListChanged('tools');
    await s.pass(100);
  }
  expect(s.connector.listed - listed).toBeGreaterThan(1);
  expect(s.connector.listed - listed).toBeLessThanOrEqual(20);
  await s.pass(60_000);
  s.connector.tools.set('calc', [{ name: 'late' }]);
  s.connector.live.get('calc')?.onListChanged('tools');
  await s.pass(30_000);
  expect(s.runtime.services.get(operator, id).interface?.tools.map(({ name }) => name)).toEqual(['late']);
});

test.each([
  ['a tool that says nothing', {}, false],
  ['a tool that writes', { annotations: { readOnlyHint: false } }, false],
  ['a read-only tool', { annotations: { readOnlyHint: true } }, true],
  ['an idempotent tool', { annotations: { idempotentHint: true } }, true],
])('M1 the timeout of %s is retryable only if a repeat is safe', async (_name, members, retryable) => {
  const own = await s.register('own');
  s.connector.tools.set('own', [{ name: 'work', ...members }]);
  await s.runtime.services.start(operator, own);
  s.connector.answer = (_request, exchange) => {
    exchange.onSent();
    return Promise.reject(new ClarityError('CALL_TIMED_OUT', 'nothing came for 20 ms'));
  };
  const answer = resultOf(await ask(s.runtime, 'tools/call', { name: 'own__work' }));
  expect(answer['_meta']).toMatchObject({ 'clarity/error': { code: 'CALL_TIMED_OUT', retryable } });
});
