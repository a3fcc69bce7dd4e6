import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RawJson, systemClock, type McpReply } from '@clarity-runtime/core';
import type { Connection, ServiceConnector } from '@clarity-runtime/core/ports';
import { ObservedConnection } from '../../../src/application/services/service-connection.ts';
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

/** Returns an open connection, and the functions that answer or refuse its requests, in order. */
async function busyConnection(requests: number) {
  const answers: ((isOk: boolean) => void)[] = [];
  const reply = (): Promise<McpReply> =>
    new Promise((resolve, reject) =>
      answers.push((isOk) => {
        if (isOk) resolve({ result: RawJson.of({}) });
        else reject(new Error('refused'));
      }),
    );
  const raw = {
    era: 'legacy',
    capabilities: {},
    request: reply,
    notify: () => undefined,
    close: () => Promise.resolve(),
  };
  const connector = { connect: () => Promise.resolve(raw as unknown as Connection) } as unknown as ServiceConnector;
  const link = new ObservedConnection({
    changed: () => undefined,
    log: () => undefined,
    lost: () => undefined,
    answered: () => undefined,
  });
  const connection = await link.connect(connector, {} as never, new AbortController().signal);
  for (let i = 0; i < requests; i += 1) {
    connection
      .request({ method: 'ping' } as never, { signal: new AbortController().signal } as never)
      .catch(() => undefined);
  }
  return { link, answers };
}

test('a replaced connection closes with the last of its requests, in any order and with any outcome', async () => {
  const outcomes = fc.array(fc.record({ at: fc.nat(), isOk: fc.boolean() }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(outcomes, async (order) => {
      const { link, answers } = await busyConnection(order.length);
      const limits = { clock: systemClock, idleMs: 600_000, closeMs: 1_000, signal: new AbortController().signal };
      const closed = link.closeWhenIdle('replaced', limits);
      for (const { at, isOk } of order) {
        expect(link.ended.aborted).toBe(false);
        answers.splice(at % answers.length, 1)[0]?.(isOk);
        await settled();
      }
      await closed;
      expect(link.ended.aborted).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('a replaced connection closes with requests in flight when the newer one ends', async () => {
  const { link } = await busyConnection(1);
  const newer = new AbortController();
  const limits = { clock: systemClock, idleMs: 600_000, closeMs: 1_000, signal: newer.signal };
  const closed = link.closeWhenIdle('replaced', limits);
  newer.abort();
  await closed;
  expect(link.ended.aborted).toBe(true);
});
