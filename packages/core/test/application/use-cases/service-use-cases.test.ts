import { beforeEach, expect, test } from '@jest/globals';
import { createRuntime, type ClarityError, type Runtime } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { ServiceRegistry } from '@clarity-runtime/core/ports';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { agent, ask, namesOf, operator } from '../../support/speak.ts';

let connector: FakeConnector;
let registry: ServiceRegistry;
let runtime: Runtime;

beforeEach(async () => {
  connector = new FakeConnector();
  registry = new MemoryServiceRegistry();
  runtime = await createRuntime({ registry, connectors: [connector] });
});

test('two runtimes share nothing', async () => {
  const other = await createRuntime({ connectors: [new FakeConnector()] });
  await runtime.services.apply(operator, manifestOf('calc'));
  expect(runtime.services.list(operator)).toHaveLength(1);
  expect(other.services.list(operator)).toEqual([]);
  expect(other.instance.id).not.toBe(runtime.instance.id);
});

test('a service is registered, started and stopped, with audit events', async () => {
  const { service, status } = await runtime.services.apply(operator, manifestOf('calc'));
  expect(status).toMatchObject({ lifecycle: 'REGISTERED', health: 'UNKNOWN' });
  expect((await runtime.services.start(operator, service.serviceId)).status).toMatchObject({
    lifecycle: 'RUNNING',
    health: 'HEALTHY',
  });
  expect((await runtime.services.stop(operator, service.serviceId)).status).toMatchObject({ lifecycle: 'STOPPED' });
  expect(connector.closed).toEqual(['calc']);
  const kinds = (await runtime.audit.recent(operator, { limit: 10 })).map(({ kind }) => kind);
  expect(kinds).toEqual(['runtime.started', 'service.manifest_applied', 'service.started', 'service.stopped']);
});

test('a failed start reports the reason, closes its connection and can be repeated', async () => {
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  connector.failure = new Error('the module is gone');
  const failed = await runtime.services.start(operator, service.serviceId);
  expect(failed.status).toMatchObject({ lifecycle: 'STOPPED', health: 'DEGRADED', lastError: 'the module is gone' });
  connector.failure = undefined;
  expect((await runtime.services.start(operator, service.serviceId)).status.lifecycle).toBe('RUNNING');
});

test('a lost service is CRASHED and stays listed while it restarts', async () => {
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, service.serviceId);
  connector.live.get('calc')?.onClose('killed');
  expect(runtime.services.get(operator, service.serviceId).status).toMatchObject({
    lifecycle: 'CRASHED',
    health: 'UNREACHABLE',
    lastError: 'killed',
  });
  expect(namesOf(await ask(runtime, 'tools/list'))).toEqual(['calc__fn__add']);
});

test('U27 U28 a reserved or taken namespace is rejected with the field and a hint', async () => {
  await runtime.services.apply(operator, manifestOf('calc'));
  await expect(runtime.services.apply(operator, manifestOf('runtime'))).rejects.toMatchObject({
    failure: { code: 'NAMESPACE_RESERVED', field: 'metadata.module' },
  });
  const taken = manifestOf('other', { toolNamespace: 'calc' });
  await expect(runtime.services.apply(operator, taken)).rejects.toMatchObject({
    failure: { code: 'NAMESPACE_TAKEN', field: 'spec.toolNamespace' },
  });
  expect(runtime.services.list(operator)).toHaveLength(1);
});

test('U43 forty concurrent registrations are all stored', async () => {
  const names = Array.from({ length: 40 }, (_, i) => `svc${String(i)}`);
  await Promise.all(names.map((name) => runtime.services.apply(operator, manifestOf(name))));
  expect(runtime.services.list(operator).map(({ service }) => service.namespace)).toEqual(names.toSorted());
  expect((await registry.list('default')).items).toHaveLength(40);
});

test('the same program with another module path replaces the old service and runs', async () => {
  const first = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, first.service.serviceId);
  const second = await runtime.services.apply(operator, manifestOf('calc', { wasmPath: '/elsewhere/calc.wasm' }));
  expect(second.service.serviceId).not.toBe(first.service.serviceId);
  expect(runtime.services.list(operator)).toHaveLength(1);
  expect(connector.closed).toEqual(['calc']);
});

test('applying a running service again reloads it: new code, new interface', async () => {
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, service.serviceId);
  connector.tools.set('calc', [{ name: 'fn__add' }, { name: 'fn__subtract' }]);
  const again = await runtime.services.apply(operator, manifestOf('calc'));
  expect(again.status.lifecycle).toBe('RUNNING');
  expect(namesOf(await ask(runtime, 'tools/list'))).toEqual(['calc__fn__add', 'calc__fn__subtract']);
});

test('the interface revision depends on the content only', async () => {
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  const started = await runtime.services.start(operator, service.serviceId);
  const again = await runtime.services.introspect(operator, service.serviceId);
  expect(again.interfaceRevision).toMatch(/^iface_[0-9a-f]{12}$/);
  expect(again.interfaceRevision).toBe(started.interface?.interfaceRevision);
  connector.tools.set('calc', [{ name: 'fn__add', description: 'changed' }]);
  const changed = await runtime.services.introspect(operator, service.serviceId);
  expect(changed.interfaceRevision).not.toBe(again.interfaceRevision);
});

test('U44 concurrent starts, stops, restarts and a removal leave nothing behind and throw known errors', async () => {
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  const id = service.serviceId;
  const acts = ['start', 'stop', 'restart', 'introspect', 'unquarantine'] as const;
  const racing = Array.from({ length: 40 }, (_, i) => runtime.services[acts[i % acts.length] ?? 'start'](operator, id));
  const settled = await Promise.allSettled([...racing, runtime.services.remove(operator, id)]);
  for (const outcome of settled) {
    if (outcome.status === 'rejected') {
      expect(['SERVICE_NOT_FOUND', 'SERVICE_STOPPED']).toContain((outcome.reason as ClarityError).code);
    }
  }
  expect(runtime.services.list(operator)).toEqual([]);
  expect((await registry.list('default')).items).toEqual([]);
  expect(connector.closed).toHaveLength(connector.opened);
  expect(() => runtime.services.get(operator, id)).toThrow('service not found');
});

test('an agent without the provisioning grant registers nothing', async () => {
  await expect(runtime.services.apply(agent, manifestOf('calc'))).rejects.toMatchObject({
    failure: { code: 'GRANT_REQUIRED' },
  });
  expect((await registry.list('default')).items).toEqual([]);
});

test('services of the registry exist after a restart, and autostart starts them', async () => {
  await runtime.services.apply(operator, manifestOf('calc'));
  const off = manifestOf('off');
  await runtime.services.apply(operator, { ...off, spec: { ...off.spec, autostart: false } });
  const restarted = await createRuntime({ registry, connectors: [new FakeConnector()] });
  expect(restarted.services.list(operator).map(({ status }) => status.lifecycle)).toEqual(['REGISTERED', 'REGISTERED']);
  await restarted.autostart();
  expect(restarted.services.list(operator).map(({ status }) => status.lifecycle)).toEqual(['RUNNING', 'REGISTERED']);
});

test('listeners receive events also after one throws, and close stops every service', async () => {
  const heard: string[] = [];
  runtime.on('tools.changed', () => {
    throw new Error('mine');
  });
  const off = runtime.on('tools.changed', ({ serviceId }) => heard.push(serviceId));
  const { service } = await runtime.services.apply(operator, manifestOf('calc'));
  await runtime.services.start(operator, service.serviceId);
  expect(heard).toContain(service.serviceId);
  off();
  off();
  await runtime.close();
  await runtime.close();
  expect(connector.closed).toEqual(['calc']);
});
