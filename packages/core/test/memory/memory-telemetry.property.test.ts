import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MemoryTelemetry } from '@clarity-runtime/core/memory';
import { sampleEvent, withTelemetryFaults, type Fault } from '@clarity-runtime/core/testing';

const fault = fc.constantFrom<Fault[]>('none', 'delay', 'unavailable', 'indeterminate-applied', 'indeterminate-lost');

test('whatever the store does: an operation that is repeated until it is acknowledged is stored exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fault, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), async (faults, count) => {
      const plan = [...faults];
      const inner = new MemoryTelemetry();
      const telemetry = withTelemetryFaults(inner, () => plan.shift() ?? 'none');
      const settle = async (op: string): Promise<void> => {
        for (;;) {
          const [answer] = await Promise.allSettled([
            telemetry.append('default', [sampleEvent('a.done', { message: op }), sampleEvent('service.tool_called')], {
              op,
            }),
          ]);
          if (answer.status === 'fulfilled') return;
          expect(answer.reason).toMatchObject({ kind: expect.stringMatching(/^(unavailable|indeterminate)$/) });
        }
      };
      const ops = Array.from({ length: count }, (_, i) => `op-${String(i)}`);
      await Promise.all(ops.map(settle));
      const events = await inner.events('default', { limit: 99 });
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: count * 2 }, (_, i) => i + 1));
      expect(
        events
          .filter(({ kind }) => kind === 'a.done')
          .map(({ message }) => message)
          .sort(),
      ).toEqual(ops);
    }),
  );
});
