import { beforeEach, expect, test } from '@jest/globals';
import { ClarityError, createRuntime, RawJson, type Runtime } from '@clarity-runtime/core';
import { ManualClock, MemoryInterfaceStore, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { WorkspaceTrust } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { ask, operator, resultOf } from '../../support/speak.ts';
import { plainEntropy, settled } from '../../support/supervised.ts';
import { methodsOf, TestClient } from '../../support/test-client.ts';

let interfaces: MemoryInterfaceStore;
let registry: MemoryServiceRegistry;
let connector: FakeConnector;
let clock: ManualClock;

beforeEach(() => {
  interfaces = new MemoryInterfaceStore();
  registry = new MemoryServiceRegistry();
});

/** A process of the daemon: stores stay, everything else is new. */
function boot(trust?: WorkspaceTrust): Promise<Runtime> {
  connector = new FakeConnector();
  connector.tools.set('calc', [{ name: 'add', title: 'Sum', description: 'adds 9007199254740993' }, { name: 'mul' }]);
  clock = new ManualClock();
  const given = { registry, interfaces, connectors: [connector], clock, entropy: plainEntropy() };
  return createRuntime({ ...given, ...(trust === undefined ? {} : { trust }) }, { recoveryTimeoutMs: 5_000 });
}

/** Runs the service once, so that its interface is stored, and ends the process. */
async function ranBefore(): Promise<string> {
  const first = await boot();
  const { service } = await first.services.apply(operator, manifestOf('calc'));
  await first.services.start(operator, service.serviceId);
  const tools = await names(first);
  expect(tools).toEqual(['calc__add', 'calc__mul']);
  // The stores belong to the runtime, which closes them: a killed process does not.
  await settled();
  return service.serviceId;
}

const list = async (runtime: Runtime) => resultOf(await ask(runtime, 'tools/list'))['tools'] as { name: string }[];
const names = async (runtime: Runtime): Promise<readonly string[]> =>
  (await list(runtime)).map(({ name }) => name).filter((name) => !name.startsWith('runtime__'));

/** Starts of this process wait until the returned function is called. */
function held(): () => void {
  let open = (): void => undefined;
  const opening = new Promise<void>((resolve) => (open = resolve));
  connector.connecting = () => opening;
  return () => {
    open();
  };
}

test('M15 tools/list has the last known tools while their service starts after a restart', async () => {
  await ranBefore();
  const before = await boot();
  await before.autostart();
  const expected = await list(before);
  const runtime = await boot();
  const open = held();
  const started = runtime.autostart();
  await settled();
  expect(runtime.services.list(operator)[0]?.status.lifecycle).toBe('STARTING');
  expect(await list(runtime)).toEqual(expected);
  open();
  await started;
  expect(await list(runtime)).toEqual(expected);
});

test('M15 a call to a starting service waits longer than the recovery time and gets its result', async () => {
  await ranBefore();
  const runtime = await boot();
  const open = held();
  const started = runtime.autostart();
  await settled();
  const client = new TestClient(runtime);
  const call = client.request('tools/call', { name: 'calc__add', _meta: { progressToken: 'p' } });
  const other = client.request('tools/call', { name: 'calc__mul' });
  for (let i = 0; i < 4; i += 1) {
    await settled();
    clock.advance(5_000);
    await settled();
  }
  connector.answer = (_request, exchange) => {
    for (const progress of [0, 1]) {
      const params = { progressToken: 'p', progress };
      exchange.onNotification({
        method: 'notifications/progress',
        params: new Map(Object.entries(params).map(([name, value]) => [name, RawJson.of(value)])),
      });
    }
    return Promise.resolve({ result: RawJson.of({ content: [] }) });
  };
  open();
  await started;
  expect(resultOf(await call)['isError']).toBeUndefined();
  expect(resultOf(await other)['isError']).toBeUndefined();
  const progress = client.requestNotifications.map(({ params }) => params.get('progress')?.value as number);
  expect(progress.length).toBeGreaterThanOrEqual(4);
  expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(1);
});

test('M15 a waiting call fails when the start fails', async () => {
  await ranBefore();
  const runtime = await boot();
  connector.connecting = () => new Promise(() => undefined);
  void runtime.autostart();
  await settled();
  const code = async (pending: ReturnType<typeof ask>): Promise<unknown> => resultOf(await pending)['_meta'];
  const call = code(ask(runtime, 'tools/call', { name: 'calc__add' }));
  await settled();
  // Idle start limit, then the recovery time of the failed service.
  for (let i = 0; i < 20; i += 1) {
    clock.advance(5_000);
    await settled();
  }
  expect(await call).toMatchObject({ 'clarity/error': { code: 'SERVICE_STOPPED' } });
});

test('M15 clients get no list_changed when the interface is the same, and one when it differs', async () => {
  await ranBefore();
  const same = await boot();
  const client = new TestClient(same);
  await same.autostart();
  await tick();
  expect(methodsOf(client.notifications)).toEqual([]);
  const other = await boot();
  connector.tools.set('calc', [{ name: 'add' }]);
  const open = held();
  const started = other.autostart();
  await settled();
  const late = new TestClient(other);
  await tick();
  open();
  await started;
  await tick();
  expect(methodsOf(late.notifications)).toEqual(['notifications/tools/list_changed']);
  expect(await names(other)).toEqual(['calc__add']);
});

test('M15 an interface of another manifest or in an untrusted workspace is not offered', async () => {
  const id = await ranBefore();
  const trust = { state: { trusted: false, problems: [] } as WorkspaceTrust['state'] };
  const untrusted = await boot({ ...trust, grant: () => Promise.resolve(), revoke: () => Promise.resolve() });
  void untrusted.autostart();
  await settled();
  expect(await names(untrusted)).toEqual([]);
  expect((await untrusted.explain(operator, 'calc__add')).visibility).toBe('unreachable');

  const document = (await interfaces.load('default', id)) ?? '';
  const { digest } = JSON.parse(document) as { digest: string };
  await interfaces.save('default', id, document.replace(digest, 'f'.repeat(64)));
  const changed = await boot();
  held();
  void changed.autostart();
  await settled();
  expect(await names(changed)).toEqual([]);
});

test('M15 a damaged document of an interface is ignored', async () => {
  const id = await ranBefore();
  for (const document of [
    '',
    '{',
    '[]',
    'null',
    '{"version":1}',
    '{"version":1,"digest":"x","snapshot":{"tools":[1]}}',
  ]) {
    await interfaces.save('default', id, document);
    const runtime = await boot();
    expect(await names(runtime)).toEqual([]);
    expect((await runtime.explain(operator, 'calc__add')).visibility).toBe('unreachable');
  }
});

test('M15 a service that stays stopped is not listed, and one that is retried is', async () => {
  await ranBefore();
  const runtime = await boot();
  connector.failure = new ClarityError('UPSTREAM_UNREACHABLE', 'ECONNREFUSED');
  await runtime.autostart();
  expect(await names(runtime)).toEqual(['calc__add', 'calc__mul']);
  const [service] = runtime.services.list(operator);
  await runtime.services.stop(operator, service?.service.serviceId ?? '');
  expect(await names(runtime)).toEqual([]);
});

test('M15 the endpoint of a service has its identity and capabilities before it runs', async () => {
  await ranBefore();
  const runtime = await boot();
  held();
  void runtime.autostart();
  await settled();
  const client = new TestClient(runtime, { service: 'calc' });
  const reply = resultOf(await client.request('initialize', { protocolVersion: '2025-11-25' }));
  expect(reply['capabilities']).toEqual({ tools: { listChanged: true } });
});

test('M15 removing a service deletes its stored interface', async () => {
  const id = await ranBefore();
  const runtime = await boot();
  expect(await interfaces.load('default', id)).toBeDefined();
  await runtime.services.remove(operator, id);
  await settled();
  expect(await interfaces.load('default', id)).toBeUndefined();
});

async function tick(): Promise<void> {
  for (let i = 0; i < 3; i += 1) {
    await settled();
    clock.advance(200);
  }
  await settled();
}
