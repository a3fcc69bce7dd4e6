import { beforeEach, expect, test } from '@jest/globals';
import { createRuntime, type AuditEvent, type Runtime } from '@clarity-runtime/core';
import { MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { Telemetry } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { agent, ask, operator, withId } from '../../support/speak.ts';

let connector: FakeConnector;
let runtime: Runtime;
let id: string;

const newest = async (limit: number): Promise<readonly AuditEvent[]> => runtime.audit.recent(operator, { limit });

beforeEach(async () => {
  connector = new FakeConnector();
  runtime = await createRuntime({ connectors: [connector] });
  id = (await runtime.services.apply(operator, manifestOf('calc'))).service.serviceId;
});

test('[audit.timeline] the timeline of a service has every operation with its caller', async () => {
  const { services } = runtime;
  await services.start(operator, id);
  await ask(runtime, 'tools/call', { name: 'calc__fn__add' });
  await services.introspect(agent, id);
  await services.restart(operator, id);
  await services.stop(operator, id);
  connector.failure = new Error('gone');
  for (let i = 0; i < 5; i += 1) await services.start(operator, id);
  await services.unquarantine(operator, id);
  const events = await runtime.audit.recent(operator, { limit: 100, serviceId: id });
  const failed = ['service.start_warning', 'service.start_failed'];
  expect(events.map(({ kind }) => kind)).toEqual([
    'service.manifest_applied',
    'service.started',
    'service.tool_called',
    'service.interface_refreshed',
    'service.stopped',
    'service.started',
    'service.restarted',
    'service.stopped',
    ...Array.from({ length: 5 }, () => failed).flat(),
    'service.quarantined',
    'service.unquarantined',
  ]);
  for (const { caller, kind } of events) {
    const own = kind === 'service.quarantined';
    expect(caller).toMatchObject({ id: own ? 'system' : 'loopback', door: expect.any(String) });
  }
  await services.remove(operator, id);
  expect((await newest(1))[0]).toMatchObject({ kind: 'service.removed', caller: { id: 'loopback' } });
});

class ReadableAfterwards extends MemoryTelemetry {
  override [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

test('the runtime records its start and its stop', async () => {
  const telemetry = new ReadableAfterwards();
  const own = await createRuntime({ telemetry, connectors: [] });
  await own.close();
  const events = await telemetry.events('default', { limit: 9 });
  expect(events.map(({ kind, data }) => [kind, data?.['instance']])).toEqual([
    ['runtime.started', own.instance.id],
    ['runtime.stopped', own.instance.id],
  ]);
});

test('a denied grant is recorded with the action', async () => {
  const { services, audit } = runtime;
  const wishes = (nobody: typeof agent) => [
    () => services.apply(nobody, manifestOf('other')),
    () => services.start(nobody, id),
    () => services.stop(nobody, id),
    () => services.restart(nobody, id),
    () => services.unquarantine(nobody, id),
    () => services.introspect(nobody, id),
    () => services.remove(nobody, id),
    () => services.details(nobody, id, { logLimit: 1, eventLimit: 1, callLimit: 1 }),
    () => audit.recent(nobody, { limit: 1 }),
    () => audit.logs(nobody, id, 1),
    () => services.list(nobody),
    () => services.get(nobody, id),
  ];
  // Denials of one caller are folded, so that each wish has a caller of its own.
  const count = wishes(agent).length;
  for (let at = 0; at < count; at += 1) {
    const name = `somebody-${String(at)}`;
    const wish = wishes({ ...withId(agent, name), grants: [] })[at];
    const before = (await newest(1))[0]?.seq ?? 0;
    await expect((async () => wish?.())()).rejects.toMatchObject({ failure: { code: 'GRANT_REQUIRED' } });
    const [denied] = await newest(1);
    expect(denied).toMatchObject({
      seq: before + 1,
      kind: 'security.denied',
      level: 'warn',
      caller: { id: name },
    });
  }
  expect(services.list(operator)).toHaveLength(1);
});

test('details returns a service with its newest log lines, events and calls', async () => {
  await runtime.services.start(operator, id);
  for (let i = 0; i < 5; i += 1) await ask(runtime, 'tools/call', { name: 'calc__fn__add' });
  await runtime.services.stop(operator, id);
  const details = await runtime.services.details(operator, id, { logLimit: 1, eventLimit: 2, callLimit: 3 });
  expect(details.view.service.serviceId).toBe(id);
  expect(details.logs).toEqual([expect.stringMatching(/Service stopped$/)]);
  expect(details.events.map(({ kind }) => kind)).toEqual(['service.tool_called', 'service.stopped']);
  expect(details.recentCalls).toHaveLength(3);
  expect(details.recentCalls[0]).toMatchObject({ data: { tool: 'fn__add', outcome: 'ok' } });
  const limits = { logLimit: 1, eventLimit: 1, callLimit: 1 };
  await expect(runtime.services.details(operator, 'nobody', limits)).rejects.toHaveProperty(
    'code',
    'SERVICE_NOT_FOUND',
  );
});

test('a reader that passes the cursor back gets every event once', async () => {
  const read: number[] = [];
  let { next: after } = await runtime.audit.page(operator, { limit: 1 });
  const { seq: from = 0 } = (await newest(1))[0] ?? {};
  for (let round = 0; round < 4; round += 1) {
    for (let i = 0; i < 5; i += 1) await runtime.audit.record({ kind: 'test.counted', level: 'info', message: 'x' });
    for (;;) {
      const { items, next } = await runtime.audit.page(operator, { limit: 2, after });
      after = next;
      if (items.length === 0) break;
      read.push(...items.map(({ seq }) => seq));
    }
  }
  expect(read).toEqual(Array.from({ length: 20 }, (_, i) => from + 1 + i));
  for (const bad of ['', '-1', '1.5', 'x', '1'.repeat(30)]) {
    await expect(runtime.audit.page(operator, { limit: 2, after: bad })).rejects.toMatchObject({
      failure: { code: 'REQUEST_INVALID', field: 'after' },
    });
  }
});

test('the audit is filtered by kind, level and service together', async () => {
  connector.failure = new Error('gone');
  await runtime.services.start(operator, id);
  const page = async (filter: object): Promise<readonly string[]> =>
    (await runtime.audit.page(operator, { limit: 100, ...filter })).items.map(({ kind }) => kind);
  expect(await page({ level: 'error' })).toEqual(['service.start_failed']);
  expect(await page({ level: 'warn', serviceId: id })).toEqual(['service.start_warning', 'service.start_failed']);
  expect(await page({ level: 'info', serviceId: id })).toHaveLength(3);
  expect(await page({ kind: 'runtime.started' })).toEqual(['runtime.started']);
  expect(await page({ kind: 'runtime.started', serviceId: id })).toEqual([]);
});

test('L01 texts of a service cannot control a terminal or forge a line in records and logs', async () => {
  const evil = 'a\u001b[2J\r\n[FAKE] all is well\u0000\u2028\u202e';
  connector.failure = new Error(evil);
  await runtime.services.start(operator, id);
  connector.failure = undefined;
  await runtime.services.start(operator, id);
  connector.live.get('calc')?.onLog(evil);
  connector.live.get('calc')?.onClose(evil);
  await runtime.audit.record({ kind: evil, level: 'info', message: evil, data: { [evil]: [evil, { deep: evil }] } });
  const written = [
    ...(await newest(100)),
    ...(await runtime.audit.logs(operator, id, 100)),
    runtime.services.get(operator, id).status,
  ];
  expect(written.length).toBeGreaterThan(8);
  const text = JSON.stringify(written);
  expect(text).toContain('[FAKE]');
  expect(text).not.toMatch(/\\u|\\r|\\n|[\u2028\u202e]/);
});

test('services start and stop while the telemetry rejects events, which are counted', async () => {
  const telemetry: Telemetry = new MemoryTelemetry();
  const registered = await createRuntime({ telemetry, connectors: [connector] });
  const { service } = await registered.services.apply(operator, manifestOf('calc'));
  telemetry.append = () => Promise.reject(new Error('disk full'));
  expect((await registered.services.start(operator, service.serviceId)).status.lifecycle).toBe('RUNNING');
  expect((await registered.services.stop(operator, service.serviceId)).status.lifecycle).toBe('STOPPED');
  expect(registered.storage()).toEqual({ state: 'up', unwritten: 2, droppedBefore: 1 });
});

test('a caller that may inspect some services reads their events without naming one', async () => {
  await runtime.services.apply(operator, manifestOf('other'));
  await runtime.services.start(operator, id);
  const scoped = { ...agent, grants: [{ verbs: ['read', 'inspect'], services: ['calc'], tools: ['*'] }] } as const;
  const { items, next } = await runtime.audit.page(scoped, { limit: 2 });
  expect(items.map(({ kind, serviceId }) => [kind, serviceId])).toEqual([
    ['service.manifest_applied', id],
    ['service.started', id],
  ]);
  expect((await runtime.audit.page(scoped, { limit: 1 })).items).toHaveLength(1);
  await runtime.services.stop(operator, id);
  await runtime.services.remove(
    operator,
    runtime.services.list(operator).find((one) => one.service.namespace === 'other')?.service.serviceId ?? '',
  );
  const later = await runtime.audit.page(scoped, { limit: 9, after: next });
  expect(later.items.map(({ kind }) => kind)).toEqual(['service.stopped']);
  const all = await runtime.audit.page(operator, { limit: 99 });
  expect(all.items.length).toBeGreaterThan(3);
});
