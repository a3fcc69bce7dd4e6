import { beforeEach, expect, test } from '@jest/globals';
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

/** Answers calls in this way, one after another; after the last one they are answered well. */
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

test.each(['read', 'put', 'write'])('what was not sent is sent again: %s', async (tool) => {
  answers(lost, lost);
  const pending = call(tool);
  for (let i = 0; i < 4; i += 1) await s.pass(500);
  expect(codeOf(await pending)).toBeUndefined();
  expect(s.connector.calls).toHaveLength(3);
});

test.each(['read', 'put'])('a tool that may be called twice is, once, when its reply was lost: %s', async (tool) => {
  answers(sentAndLost);
  const pending = call(tool);
  for (let i = 0; i < 2; i += 1) await s.pass(500);
  expect(codeOf(await pending)).toBeUndefined();
  answers(sentAndLost, sentAndLost);
  const second = call(tool);
  for (let i = 0; i < 4; i += 1) await s.pass(500);
  expect(codeOf(await second)).toBe('UPSTREAM_LOST');
  expect(s.connector.calls).toHaveLength(4);
});

test('any other tool is never called twice: the error says that it may have run', async () => {
  answers(sentAndLost);
  const result = resultOf(await call('write'));
  expect(result).toMatchObject({ _meta: { 'clarity/error': { code: 'UPSTREAM_LOST' } } });
  expect(JSON.stringify(result)).toContain('may have been carried out');
  expect(s.connector.calls).toHaveLength(1);
});

test('a failure that is an answer is passed on as it is', async () => {
  answers(() => Promise.reject(new ClarityError('UPSTREAM_UNAUTHORIZED', '')));
  expect(codeOf(await call())).toBe('UPSTREAM_UNAUTHORIZED');
  expect(s.connector.calls).toHaveLength(1);
});

test('a call to a service that has crashed starts it at once and is answered', async () => {
  s.connector.live.get('calc')?.onClose('killed');
  await settled();
  expect(s.lifecycle(id)).toBe('CRASHED');
  expect(codeOf(await call('write'))).toBeUndefined();
  expect(s.lifecycle(id)).toBe('RUNNING');
  expect(s.runtime.services.get(operator, id).status.restartCount).toBe(1);
});

test('a crash in the middle of a call: the call is answered by the next process', async () => {
  answers((exchange) => {
    exchange.onSent();
    s.connector.live.get('calc')?.onClose('killed');
    return lost();
  });
  const pending = call('read');
  for (let i = 0; i < 3; i += 1) await s.pass(100);
  expect(codeOf(await pending)).toBeUndefined();
});

test('a hundred calls at once start a crashed service once', async () => {
  s.connector.live.get('calc')?.onClose('killed');
  const replies = await Promise.all(Array.from({ length: 100 }, () => call('write')));
  expect(replies.map(codeOf)).toEqual(replies.map(() => undefined));
  expect(s.connector.opened).toBe(2);
});

test('what was stopped is not started, and neither is what is in quarantine', async () => {
  await s.runtime.services.stop(operator, id);
  expect(codeOf(await call())).toBe('SERVICE_STOPPED');
  expect(s.lifecycle(id)).toBe('STOPPED');
  const held = await s.register('held', { maxRestarts: 1 });
  s.connector.tools.set('held', [{ name: 'read' }]);
  await s.runtime.services.start(operator, held);
  s.connector.failure = new Error('gone');
  s.connector.live.get('held')?.onClose('killed');
  await s.pass(5_000);
  expect(s.lifecycle(held)).toBe('QUARANTINED');
  const { opened } = s.connector;
  const refused = resultOf(await ask(s.runtime, 'tools/call', { name: 'held__read' }));
  expect(refused).toMatchObject({ _meta: { 'clarity/error': { code: 'SERVICE_QUARANTINED' } } });
  expect(s.connector.opened).toBe(opened);
});

test('calls are held for a while, not for ever; while a service stays away the next ones fail at once', async () => {
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
  const held = call();
  await s.pass(500);
  expect(codeOf(await held)).toBeUndefined();
});

test('a held call ends within its own time, and its later attempts have only what is left of it', async () => {
  const own = await s.register('own', {}, { policy: { timeoutMs: 1_000 } });
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

test('a client that goes away while its call is held is not kept', async () => {
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

test('a credential that is refused at a start is not tried again', async () => {
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

test('a service that was away is asked again what it offers, and told once', async () => {
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
  await settled();
  expect(s.runtime.services.get(operator, id)).toMatchObject({ status: { health: 'HEALTHY' } });
  expect(s.runtime.services.get(operator, id).interface?.tools.map(({ name }) => name)).toEqual(['other', 'read']);
  expect(changes).toBe(1);
});

test('U42 a minute of announcements is a few questions', async () => {
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
