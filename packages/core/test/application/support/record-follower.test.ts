import { expect, test } from '@jest/globals';
import { createRuntime, type Runtime } from '@clarity-runtime/core';
import { ManualClock, MemoryPolicyRegistry, MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { RecordStore } from '@clarity-runtime/core/ports';
import { samplePolicy, withFaults, type Fault } from '@clarity-runtime/core/testing';
import fc from 'fast-check';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';
import { runs } from '../../../../../test/support/runs.ts';

/** Returns a handle of a store that says that other processes use it. */
const shared = <T>(store: RecordStore<T>): RecordStore<T> =>
  new Proxy(store, {
    get: (target, name) => {
      if (name === 'capabilities') return { ...target.capabilities, shared: true };
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });

async function replicas(next: () => Fault): Promise<{ one: Runtime; two: Runtime; clock: ManualClock }> {
  const [services, policies, clock] = [new MemoryServiceRegistry(), new MemoryPolicyRegistry(), new ManualClock()];
  const open = () =>
    createRuntime({
      registry: shared(withFaults(services.handle(), next)),
      policies: shared(withFaults(policies.handle(), next)),
      connectors: [new FakeConnector()],
      clock,
    });
  return { one: await open(), two: await open(), clock };
}

/** Lets the followers run, with the waits of the clock that are due. */
async function settle(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    for (let step = 0; step < 20; step += 1) await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(turn % 5 === 0 ? 31_000 : 1);
  }
}

const stateOf = (runtime: Runtime) => ({
  services: runtime.services.list(operator).map(({ service }) => [service.namespace, service.manifest.spec.enabled]),
  policies: runtime.policies.list(operator),
});

test('two runtimes over one store have the same services and policies, whatever faults its answers have', async () => {
  const command = fc.record({
    on: fc.constantFrom('one' as const, 'two' as const),
    what: fc.constantFrom('service', 'policy', 'remove-service', 'remove-policy'),
    name: fc.constantFrom('alpha', 'beta'),
    note: fc.constantFrom('x', 'y'),
  });
  const faults = fc.array(fc.constantFrom<Fault>('none', 'none', 'delay', 'reset', 'unavailable'), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 8 }), faults, async (commands, given) => {
      let isFaulty = false;
      const waiting = [...given];
      const world = await replicas(() => (isFaulty ? (waiting.shift() ?? 'none') : 'none'));
      isFaulty = true;
      for (const { on, what, name, note } of commands) {
        const runtime = world[on];
        const found = runtime.services.list(operator).find(({ service }) => service.namespace === name);
        const run: Readonly<Record<string, () => Promise<unknown>>> = {
          service: () => runtime.services.apply(operator, manifestOf(name)),
          policy: () => runtime.policies.apply(operator, samplePolicy(name, note)),
          'remove-service': () => runtime.services.remove(operator, found?.service.serviceId ?? 'svc_000000000000'),
          'remove-policy': () => runtime.policies.remove(operator, name),
        };
        await run[what]?.().catch(() => undefined);
      }
      isFaulty = false;
      await settle(world.clock);
      expect(stateOf(world.two)).toEqual(stateOf(world.one));
      for (const runtime of [world.one, world.two]) await runtime.close();
    }),
    { numRuns: runs(25) },
  );
});
