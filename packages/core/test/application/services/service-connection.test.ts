import { beforeEach, expect, test } from '@jest/globals';
import { RawJson } from '@clarity-runtime/core';
import { settled, stage, type Stage } from '../../support/supervised.ts';
import { ask, operator } from '../../support/speak.ts';

let s: Stage;
let id: string;

beforeEach(async () => {
  s = await stage({ supervision: { startLimitMs: 1_000, stopLimitMs: 1_000 } });
  id = await s.register('calc');
});

test('events of an earlier connection do not affect the current one', async () => {
  await s.runtime.services.start(operator, id);
  const earlier = s.connector.live.get('calc');
  await s.runtime.services.restart(operator, id);
  earlier?.onClose('late news');
  earlier?.onLog('late line');
  earlier?.onListChanged('tools');
  await settled();
  expect(s.lifecycle(id)).toBe('RUNNING');
  expect((await s.runtime.audit.logs(operator, id, 100)).join('\n')).not.toContain('late');
});

test('a connection lost during the start makes the start fail', async () => {
  s.connector.connecting = () => {
    s.connector.live.get('calc')?.onClose('it ended at once');
    return new Promise(() => undefined);
  };
  const { status } = await s.runtime.services.start(operator, id);
  expect(status).toMatchObject({ lifecycle: 'STOPPED', health: 'UNREACHABLE' });
  expect(status.lastError).toContain('it ended at once');
});

test('a start over its limit fails with TIMEOUT, and a connection that opens later is closed', async () => {
  let arrive = (): void => undefined;
  s.connector.connecting = () => new Promise<void>((resolve) => (arrive = resolve));
  const started = s.runtime.services.start(operator, id);
  await settled();
  expect(s.lifecycle(id)).toBe('STARTING');
  await s.pass(1_000);
  expect((await started).status).toMatchObject({ lifecycle: 'STOPPED', health: 'TIMEOUT' });
  expect(s.connector.closed).toEqual([]);
  arrive();
  await settled();
  expect(s.connector.closed).toEqual(['calc']);
});

test('stop completes when the connection does not close or fails to close', async () => {
  await s.runtime.services.start(operator, id);
  s.connector.closing = () => new Promise(() => undefined);
  const stopped = s.runtime.services.stop(operator, id);
  await settled();
  expect(s.lifecycle(id)).toBe('STOPPING');
  await s.pass(1_000);
  expect((await stopped).status.lifecycle).toBe('STOPPED');
  s.connector.closing = () => Promise.reject(new Error('it clings'));
  await s.runtime.services.start(operator, id);
  expect((await s.runtime.services.stop(operator, id)).status.lifecycle).toBe('STOPPED');
  expect((await s.runtime.audit.logs(operator, id, 100)).join('\n')).toContain('it clings');
});

test('a call fails when its service is lost, and the connection is closed', async () => {
  await s.runtime.services.start(operator, id);
  s.connector.answer = () => new Promise(() => undefined);
  void ask(s.runtime, 'tools/call', { name: 'calc__fn__add' });
  await settled();
  s.connector.live.get('calc')?.onClose('killed');
  await settled();
  expect(s.connector.closed).toEqual(['calc']);
});

test('ten thousand list changes cause one refresh at a time', async () => {
  await s.runtime.services.start(operator, id);
  s.connector.tools.set('calc', [{ name: 'fn__mul' }]);
  const { length } = await s.kinds();
  const { listed } = s.connector;
  for (let i = 0; i < 10_000; i += 1) s.connector.live.get('calc')?.onListChanged('tools');
  await s.pass(50);
  expect(s.connector.listed).toBe(listed + 1);
  expect((await s.kinds()).slice(length)).toEqual(['interface.changed', 'service.interface_refreshed']);
  expect(s.runtime.services.get(operator, id).interface?.tools.map(({ name }) => name)).toEqual(['fn__mul']);
});

test('T-273 a wall clock jump does not change uptime, window or delay', async () => {
  let jump = 0;
  s = await stage({
    clockOf: (clock) => ({
      wall: () => new Date(clock.wall().getTime() + jump),
      monotonic: () => clock.monotonic(),
      after: (ms, signal) => clock.after(ms, signal),
    }),
  });
  id = await s.register('calc', { maxRestarts: 2, windowSeconds: 60 });
  await s.runtime.services.start(operator, id);
  jump = -3_600_000;
  await s.pass(5_000);
  expect(s.runtime.services.get(operator, id).uptimeSeconds).toBe(5);
  s.connector.live.get('calc')?.onClose('one');
  jump = 31_536_000_000;
  await s.pass(500);
  expect(s.lifecycle(id)).toBe('RUNNING');
  s.connector.live.get('calc')?.onClose('two');
  await s.pass(1_000);
  expect(s.lifecycle(id)).toBe('RUNNING');
  s.connector.live.get('calc')?.onClose('three');
  await settled();
  expect(s.lifecycle(id)).toBe('QUARANTINED');
});

test('introspect reads the interface again and updates the lists', async () => {
  await s.runtime.services.start(operator, id);
  s.connector.tools.set('calc', [{ name: 'fn__mul' }]);
  const { tools } = await s.runtime.services.introspect(operator, id);
  expect(tools.map(({ raw }) => raw)).toEqual([RawJson.of({ inputSchema: { type: 'object' }, name: 'fn__mul' })]);
});
