import { expect, test } from '@jest/globals';
import { createRuntime, isClarityError, type PolicyDocument, type Runtime } from '@clarity-runtime/core';
import { ManualClock, MemoryPolicyRegistry, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import { samplePolicy, withFaults, type Fault } from '@clarity-runtime/core/testing';
import { SerialQueue } from '../../../src/application/support/async.ts';
import { SettledRecords } from '../../../src/application/support/settled-records.ts';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { plainEntropy, settled } from '../../support/supervised.ts';

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (isClarityError(error) ? error.code : String(error)),
  );

test('F2 a policy whose answer is lost is applied, and can be applied and removed again', async () => {
  const inner = new MemoryPolicyRegistry();
  const plan: Fault[] = ['none', 'indeterminate-applied'];
  await using runtime = await createRuntime({ policies: withFaults(inner, () => plan.shift() ?? 'none') });
  expect(await runtime.policies.apply(operator, samplePolicy('p'))).toEqual(samplePolicy('p'));
  await runtime.policies.apply(operator, samplePolicy('p', 'b'));
  await runtime.policies.remove(operator, 'p');
  expect((await inner.list('default')).items).toEqual([]);
});

test('F1 a removal whose answer is lost is done, and one after a write of another process succeeds', async () => {
  const inner = new MemoryServiceRegistry();
  let fault: Fault = 'none';
  const registry = withFaults(inner, () => fault);
  await using runtime = await createRuntime({ registry, connectors: [new FakeConnector()] });
  const { service } = await runtime.services.apply(operator, manifestOf('a'));
  fault = 'indeterminate-applied';
  const lost = await codeOf(runtime.services.remove(operator, service.serviceId));
  fault = 'none';
  expect([lost, (await inner.list('default')).items]).toEqual(['STORE_UNAVAILABLE', []]);
  expect(runtime.services.get(operator, service.serviceId).unsettledSince).toMatch(/Z$/);
  expect(await codeOf(runtime.services.remove(operator, service.serviceId))).toBe('SERVICE_NOT_FOUND');
  const again = (await runtime.services.apply(operator, manifestOf('a'))).service;
  const stored = await inner.get('default', again.serviceId);
  await inner.put('default', stored?.value ?? again, again.revision, { caller: operator, op: 'elsewhere' });
  await runtime.services.remove(operator, again.serviceId);
  expect((await inner.list('default')).items).toEqual([]);
});

test('a write that finds the record changed names the record before, so that only another program starts again', async () => {
  const store = new MemoryPolicyRegistry();
  const drifts: unknown[] = [];
  const records = new SettledRecords<PolicyDocument>({
    store,
    idOf: ({ metadata }) => metadata.name,
    clock: new ManualClock(),
    entropy: plainEntropy(),
    queue: new SerialQueue(),
    onChanged: () => undefined,
    onDrift: (id, before) => drifts.push([id, before?.value]),
    deliver: () => Promise.resolve(),
  });
  const { revision } = await store.put('default', samplePolicy('p', 'a'), 'absent', { caller: operator, op: 'first' });
  await records.load('default');
  await store.put('default', samplePolicy('p', 'elsewhere'), revision, { caller: operator, op: 'second' });
  await records.write({ caller: operator, id: 'p' }, () => samplePolicy('p', 'here'));
  expect(drifts).toEqual([['p', samplePolicy('p', 'a')]]);
  expect(records.find('p')?.value).toEqual(samplePolicy('p', 'here'));
  records.close();
});

test('F22 a replacement whose old record cannot be removed succeeds, and the old record goes later', async () => {
  const inner = new MemoryServiceRegistry();
  let isRemovable = false;
  const registry = withFaults(inner, () => 'none');
  const stuck: typeof registry = {
    ...registry,
    remove: (...given) => (isRemovable ? inner.remove(...given) : registry.get('acme!', '').then(() => undefined)),
  };
  const clock = new ManualClock();
  const given = { registry: stuck, connectors: [new FakeConnector()], clock, entropy: plainEntropy() };
  await using runtime = await createRuntime(given);
  await runtime.services.apply(operator, manifestOf('calc'));
  const moved = await runtime.services.apply(operator, manifestOf('calc', { wasmPath: '/elsewhere/calc.wasm' }));
  const idsOf = (from: Runtime) => from.services.list(operator).map(({ service }) => service.serviceId);
  expect(idsOf(runtime)).toEqual([moved.service.serviceId]);
  expect((await inner.list('default')).items).toHaveLength(2);
  const restarted = await createRuntime({ ...given, clock: new ManualClock() });
  expect(idsOf(restarted)).toEqual([moved.service.serviceId]);
  isRemovable = true;
  clock.advance(1_000);
  await settled();
  expect((await inner.list('default')).items.map(({ value }) => value.serviceId)).toEqual([moved.service.serviceId]);
});

test('F25 a manifest above the limit of the store is PAYLOAD_TOO_LARGE and changes nothing', async () => {
  await using runtime = await createRuntime({ connectors: [new FakeConnector()] });
  const manifest = manifestOf('a');
  const large = { ...manifest, metadata: { ...manifest.metadata, description: 'x'.repeat(300_000) } };
  const refused = await codeOf(runtime.services.apply(operator, large));
  expect(['PAYLOAD_TOO_LARGE', 'MANIFEST_INVALID']).toContain(refused);
  expect(runtime.services.list(operator)).toEqual([]);
});

test('F15 a caller of another tenant is refused, and one whose tenant is not a name too', async () => {
  await using runtime = await createRuntime({ connectors: [new FakeConnector()] });
  for (const tenant of ['acme', '', '../x', 7]) {
    const caller = { ...operator, tenant } as unknown as typeof operator;
    expect(await codeOf(runtime.services.apply(caller, manifestOf('a')))).toBe('REQUEST_INVALID');
    expect(() => runtime.services.list(caller)).toThrow('tenant');
  }
  expect(runtime.services.list(operator)).toEqual([]);
});
