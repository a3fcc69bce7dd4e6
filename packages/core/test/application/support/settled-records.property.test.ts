import { expect, test } from '@jest/globals';
import { createRuntime, isClarityError, type PolicyDocument, type Runtime } from '@clarity-runtime/core';
import { ManualClock, MemoryPolicyRegistry, MemoryServiceRegistry, MemoryTelemetry } from '@clarity-runtime/core/memory';
import type { RecordStore } from '@clarity-runtime/core/ports';
import { samplePolicy, withFaults, withTelemetryFaults, type Fault } from '@clarity-runtime/core/testing';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { plainEntropy, settled } from '../../support/supervised.ts';

/** `CLARITY_STORE_SEEDS=10000` runs the long form. */
const SEEDS = Number(process.env['CLARITY_STORE_SEEDS'] ?? 400);
const STEP_COUNT = 8;
const FAULTS: readonly Fault[] = [
  'none',
  'none',
  'none',
  'none',
  'unavailable',
  'indeterminate-applied',
  'indeterminate-lost',
  'indeterminate-late',
];
/** Codes of a change that was refused for a reason of its own, or whose outcome is not known. */
const ALLOWED = ['STORE_UNAVAILABLE', 'REVISION_CONFLICT', 'SERVICE_NOT_FOUND', 'POLICY_NOT_FOUND'];

const randomOf = (seed: number) => {
  let state = seed;
  return (count: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 1;
    return (state >>> 8) % count;
  };
};

interface World {
  readonly runtimes: readonly Runtime[];
  readonly services: MemoryServiceRegistry;
  readonly policies: MemoryPolicyRegistry;
  readonly telemetry: MemoryTelemetry;
  readonly clock: ManualClock;
  /** Numbers of applied changes in the stores. */
  readonly changes: () => Promise<number>;
  heal(): void;
}

async function worldOf(random: (count: number) => number, handles: number): Promise<World> {
  const [services, policies, telemetry] = [new MemoryServiceRegistry(), new MemoryPolicyRegistry(), new MemoryTelemetry()];
  const clock = new ManualClock();
  let isFaulty = false;
  const next = (): Fault => (isFaulty ? (FAULTS[random(FAULTS.length)] ?? 'none') : 'none');
  const runtimes = await Promise.all(
    Array.from({ length: handles }, () =>
      createRuntime({
        registry: withFaults(services.handle(), next),
        policies: withFaults(policies.handle(), next),
        telemetry: withTelemetryFaults(telemetry, next),
        connectors: [new FakeConnector()],
        clock,
      }),
    ),
  );
  isFaulty = true;
  return {
    runtimes,
    services,
    policies,
    telemetry,
    clock,
    changes: async () => (await changesOf(services)) + (await changesOf(policies)),
    heal: () => {
      isFaulty = false;
    },
  };
}

/** The cursor of a store in memory is the number of its changes. */
const changesOf = async (store: RecordStore<never> | RecordStore<unknown>): Promise<number> =>
  Number((await store.list('default')).cursor.slice(1));

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'ok',
    (error: unknown) => (isClarityError(error) ? error.code : String(error)),
  );

async function step(runtime: Runtime, random: (count: number) => number, note: string): Promise<string> {
  const module = `s${String(random(2))}`;
  const known = runtime.services.list(operator).find(({ service }) => service.namespace === module);
  switch (random(4)) {
    case 0:
      return codeOf(runtime.services.remove(operator, known?.service.serviceId ?? 'svc_000000000000'));
    case 1:
      return codeOf(runtime.policies.apply(operator, samplePolicy('p', note)));
    case 2:
      return codeOf(runtime.policies.remove(operator, 'p'));
    default:
      return codeOf(runtime.services.apply(operator, manifestOf(module)));
  }
}

/** Lets late calls arrive and every background task end. */
async function passTime({ clock }: World): Promise<void> {
  for (let i = 0; i < 4; i += 1) {
    clock.advance(31_000);
    await settled();
  }
}

async function expectEqual({ services, policies }: World, runtime: Runtime): Promise<void> {
  const stored = (await services.list('default')).items.map(({ value, revision }) => [value.serviceId, revision]);
  const shown = runtime.services.list(operator).map(({ service }) => [service.serviceId, service.revision]);
  expect(shown.sort()).toEqual(stored.sort());
  const named = (await policies.list('default')).items.map(({ value }) => value);
  expect(runtime.policies.list(operator).filter(({ metadata }) => metadata.name !== 'default')).toEqual(named);
}

/** One further operation of each kind succeeds. */
async function expectNoDeadEnd(runtime: Runtime): Promise<void> {
  for (const module of ['s0', 's1']) {
    const { service } = await runtime.services.apply(operator, manifestOf(module));
    await runtime.services.unquarantine(operator, service.serviceId);
    await runtime.services.remove(operator, service.serviceId);
  }
  const policy: PolicyDocument = samplePolicy('p', 'last');
  await runtime.policies.apply(operator, policy);
  await runtime.policies.remove(operator, 'p');
}

const CHANGE_KINDS = ['service.manifest_applied', 'service.removed', 'policy.applied', 'policy.removed'];

test('F1 F2 one handle: memory equals the store, each change has one event, and no record is stuck', async () => {
  for (let seed = 1; seed <= SEEDS; seed += 2) {
    const random = randomOf(seed);
    const world = await worldOf(random, 1);
    const [runtime] = world.runtimes as [Runtime];
    for (let i = 0; i < STEP_COUNT; i += 1) {
      const code = await step(runtime, random, String(i));
      expect(['ok', ...ALLOWED]).toContain(code);
      if (random(4) === 0) await passTime(world);
    }
    world.heal();
    await passTime(world);
    await expectEqual(world, runtime);
    const applied = await world.changes();
    await expectNoDeadEnd(runtime);
    await passTime(world);
    await expectEqual(world, runtime);
    const events = await world.telemetry.events('default', { limit: 10_000 });
    const changed = events.filter(({ kind }) => CHANGE_KINDS.includes(kind));
    expect([seed, changed.length]).toEqual([seed, await world.changes()]);
    expect(applied).toBeLessThanOrEqual(changed.length);
    await runtime.close();
  }
}, 120_000);

test('F1 F2 two handles: no record is stuck, and a further operation of either handle succeeds', async () => {
  for (let seed = 2; seed <= SEEDS; seed += 2) {
    const random = randomOf(seed);
    const world = await worldOf(random, 2);
    for (let i = 0; i < STEP_COUNT; i += 1) {
      const code = await step(world.runtimes[random(2)] as Runtime, random, String(i));
      expect(['ok', ...ALLOWED, 'NAMESPACE_TAKEN']).toContain(code);
    }
    world.heal();
    await passTime(world);
    for (const runtime of world.runtimes) {
      await expectNoDeadEnd(runtime);
      await expectEqual(world, runtime);
    }
    for (const runtime of world.runtimes) await runtime.close();
  }
}, 120_000);

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
