import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRuntime } from '@clarity-runtime/core';
import { MemoryServiceRegistry } from '@clarity-runtime/core/memory';
import type { ServiceRegistry } from '@clarity-runtime/core/ports';
import { withFaults, type Fault } from '@clarity-runtime/core/testing';
import { FakeConnector, manifestOf } from '../../support/fake-connector.ts';
import { operator } from '../../support/speak.ts';

const fault = fc.constantFrom<Fault[]>('none', 'delay', 'unavailable', 'indeterminate-applied', 'indeterminate-lost');

test('putSettled stores acknowledged writes, and rejected writes can be repeated, for any store errors', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 30 }), fc.integer({ min: 1, max: 8 }), async (faults, count) => {
      const plan = [...faults];
      const inner: ServiceRegistry = new MemoryServiceRegistry();
      // The first call is the load at boot, which is not tested here.
      plan.unshift('none');
      const registry = withFaults(inner, () => plan.shift() ?? 'none');
      const runtime = await createRuntime({ registry, connectors: [new FakeConnector()] });
      const answered: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const applied = await Promise.allSettled([runtime.services.apply(operator, manifestOf(`s${String(i)}`))]);
        for (const outcome of applied) {
          if (outcome.status === 'fulfilled') answered.push(outcome.value.service.serviceId);
          else expect(outcome.reason).toMatchObject({ failure: { retryable: true } });
        }
      }
      const stored = (await inner.list('default')).map(({ value }) => value.serviceId);
      for (const serviceId of answered) expect(stored).toContain(serviceId);
      plan.length = 0;
      for (let i = 0; i < count; i += 1) {
        const manifest = manifestOf(`s${String(i)}`);
        const [again] = await Promise.allSettled([runtime.services.apply(operator, manifest)]);
        // An applied change causes one conflict; afterwards it is known.
        if (again.status === 'rejected') {
          expect(again.reason).toMatchObject({ failure: { code: 'REVISION_CONFLICT' } });
          await runtime.services.apply(operator, manifest);
        }
      }
      expect(await inner.list('default')).toHaveLength(count);
    }),
  );
});
