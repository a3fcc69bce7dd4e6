import { beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime, type Manifest, type Runtime } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { ask, namesOf, operator } from '../../support/speak.ts';

let registry: MemoryServiceRegistry;
let runtime: Runtime;

beforeEach(async () => {
  registry = new MemoryServiceRegistry();
  runtime = await createRuntime({ registry, connectors: [new FakeConnector()] });
});

/** A manifest of the name `calc` whose program is another one. */
const programOf = (source: string, spec: Partial<Manifest['spec']> = {}): Manifest => {
  const manifest = manifestOf('calc');
  return { ...manifest, metadata: { ...manifest.metadata, sourceFile: source }, spec: { ...manifest.spec, ...spec } };
};

const idsOf = (of: Runtime): readonly string[] => of.services.list(operator).map(({ service }) => service.serviceId);

test('another target of a name needs the id that it replaces', async () => {
  const first = await runtime.services.apply(operator, programOf('/a.clarity'));
  await expect(runtime.services.apply(operator, programOf('/b.clarity'))).rejects.toMatchObject({
    failure: { code: 'NAMESPACE_TAKEN' },
  });
  expect(idsOf(runtime)).toEqual([first.service.serviceId]);
});

test('a replaced service keeps its name, tools, log and earlier ids', async () => {
  const { service, digest } = await runtime.services.apply(operator, programOf('/a.clarity'));
  const old = service.serviceId;
  await runtime.services.start(operator, old);
  const names = namesOf(await ask(runtime, 'tools/list'));
  const lines = await runtime.audit.logs(operator, old, 100);
  const next = await runtime.services.apply(operator, programOf('/b.clarity'), { digest, replaces: old });
  const id = next.service.serviceId;
  expect(id).not.toBe(old);
  expect(idsOf(runtime)).toEqual([id]);
  expect((await registry.list('default')).items.map(({ value }) => value.serviceId)).toEqual([id]);
  expect(runtime.services.get(operator, old).service.serviceId).toBe(id);
  expect((await runtime.services.start(operator, old)).status.lifecycle).toBe('RUNNING');
  expect(namesOf(await ask(runtime, 'tools/list'))).toEqual(names);
  expect(await runtime.audit.logs(operator, old, 100)).toEqual(expect.arrayContaining([...lines]));
  const events = await runtime.audit.recent(operator, { limit: 50 });
  expect(events.find(({ kind }) => kind === 'service.replaced')).toMatchObject({
    serviceId: id,
    data: { from: old, to: id },
  });
  const restarted = await createRuntime({ registry, connectors: [new FakeConnector()] });
  expect(restarted.services.get(operator, old).service.serviceId).toBe(id);
  await runtime.services.remove(operator, old);
  expect(idsOf(runtime)).toEqual([]);
  expect(() => runtime.services.get(operator, old)).toThrow('service not found');
});

test('a replacement keeps the hidden values of the service and drops its quarantine', async () => {
  const origin = { ...manifestOf('calc').spec.origin, env: [{ name: 'KEY', value: 'canary-4711' }] };
  const first = await runtime.services.apply(operator, programOf('/a.clarity', { origin }));
  const hidden = { ...origin, env: [{ name: 'KEY', value: '***' }] };
  const input = programOf('/b.clarity', { origin: hidden });
  const next = await runtime.services.apply(operator, input, { replaces: first.service.serviceId });
  expect(next.service.manifest.spec.origin).toMatchObject({ env: [{ name: 'KEY', value: 'canary-4711' }] });
});

test('a replacement of a record that changed since it was read is a conflict', async () => {
  const { service, digest } = await runtime.services.apply(operator, programOf('/a.clarity'));
  await runtime.services.apply(operator, programOf('/a.clarity', { autostart: false }));
  const late = runtime.services.apply(operator, programOf('/b.clarity'), { digest, replaces: service.serviceId });
  await expect(late).rejects.toMatchObject({ failure: { code: 'REVISION_CONFLICT' } });
  const absent = runtime.services.apply(operator, programOf('/b.clarity'), { replaces: 'svc_000000000000' });
  await expect(absent).rejects.toMatchObject({ failure: { code: 'SERVICE_NOT_FOUND' } });
  expect(idsOf(runtime)).toEqual([service.serviceId]);
});

test('[first-hour.19] T-485 after a crash between the two writes exactly one record has the name', async () => {
  const { service } = await runtime.services.apply(operator, programOf('/a.clarity'));
  registry.remove = () => Promise.reject(new Error('killed'));
  const next = await runtime.services.apply(operator, programOf('/b.clarity'), { replaces: service.serviceId });
  expect((await registry.list('default')).items).toHaveLength(2);
  expect(idsOf(runtime)).toEqual([next.service.serviceId]);
  delete (registry as Partial<MemoryServiceRegistry>).remove;
  const restarted = await createRuntime({ registry, connectors: [new FakeConnector()] });
  expect(idsOf(restarted)).toEqual([next.service.serviceId]);
  expect(restarted.services.get(operator, service.serviceId).service.serviceId).toBe(next.service.serviceId);
});

test('any sequence of replacements leaves one service of the name, which answers to its last eight ids', async () => {
  const targets = fc.array(fc.constantFrom('/a', '/b', '/c', '/d', '/e', '/f', '/g', '/h', '/i', '/j', '/k'), {
    minLength: 1,
    maxLength: 14,
  });
  await fc.assert(
    fc.asyncProperty(targets, async (sources) => {
      const stored = new MemoryServiceRegistry();
      const own = await createRuntime({ registry: stored, connectors: [new FakeConnector()] });
      const seen: string[] = [];
      for (const source of sources) {
        const replaces = seen[0];
        const view = await own.services.apply(operator, programOf(source), replaces === undefined ? {} : { replaces });
        const { serviceId } = view.service;
        const others = seen.filter((id) => id !== serviceId);
        seen.splice(0, seen.length, serviceId, ...others);
        expect(idsOf(own)).toEqual([serviceId]);
      }
      const again = await createRuntime({ registry: stored, connectors: [new FakeConnector()] });
      for (const each of [own, again]) {
        expect(idsOf(each)).toEqual(seen.slice(0, 1));
        for (const id of seen.slice(0, 9)) expect(each.services.get(operator, id).service.serviceId).toBe(seen[0]);
      }
    }),
    { numRuns: 25 },
  );
});
