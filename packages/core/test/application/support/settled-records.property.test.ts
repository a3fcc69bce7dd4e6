import { expect, test } from '@jest/globals';
import { createRuntime, isClarityError, type PolicyDocument, type Runtime } from '@clarity-runtime/core';
import {
  ManualClock,
  MemoryPolicyRegistry,
  MemoryServiceRegistry,
  MemoryTelemetry,
} from '@clarity-runtime/core/memory';
import type { RecordStore } from '@clarity-runtime/core/ports';
import { samplePolicy, withFaults, withTelemetryFaults, type Fault } from '@clarity-runtime/core/testing';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { settled } from '../../support/supervised.ts';
import { runs } from '../../../../../test/support/runs.ts';

/** `CLARITY_STORE_SEEDS` sets another number of seeds. */
const SEEDS = Number(process.env['CLARITY_STORE_SEEDS'] ?? runs(100));
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
  const [services, policies, telemetry] = [
    new MemoryServiceRegistry(),
    new MemoryPolicyRegistry(),
    new MemoryTelemetry(),
  ];
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
});

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
});
