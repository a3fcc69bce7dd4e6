import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CallCounter, AuditCounter } from '../../../src/application/audit/counters.ts';
import { CALL_OUTCOMES, CALL_DURATION_BUCKETS } from '../../../src/domain/calls/call-metrics.ts';
import type { Service } from '../../../src/domain/services/service.ts';

const service = (serviceId: string): Service => ({ serviceId, namespace: `ns-${serviceId}` }) as Service;
const ended = fc.record({
  id: fc.constantFrom('a', 'b'),
  outcome: fc.constantFrom(...CALL_OUTCOMES),
  ms: fc.oneof(
    fc.double({ min: 0, max: 100_000, noNaN: true }),
    fc.constantFrom(...CALL_DURATION_BUCKETS.map((s) => s * 1000)),
  ),
});

test('every call is counted in one outcome and one bucket', () => {
  fc.assert(
    fc.property(fc.array(ended, { maxLength: 50 }), (calls) => {
      const tally = new CallCounter();
      for (const { id, outcome, ms } of calls) tally.ended(service(id), outcome, ms);
      const rows = tally.read(() => true);
      expect(rows.map(({ serviceId }) => serviceId).sort()).toEqual([...new Set(calls.map(({ id }) => id))].sort());
      for (const { serviceId, namespace, outcomes, buckets, seconds } of rows) {
        const own = calls.filter(({ id }) => id === serviceId);
        expect(namespace).toBe(`ns-${serviceId}`);
        for (const outcome of CALL_OUTCOMES) {
          expect(outcomes[outcome]).toBe(own.filter((one) => one.outcome === outcome).length);
        }
        const within = (low: number, high: number): number =>
          own.filter(({ ms }) => ms / 1000 > low && ms / 1000 <= high).length;
        const bounds = [...CALL_DURATION_BUCKETS, Infinity];
        expect(buckets).toEqual(bounds.map((high, i) => within(bounds[i - 1] ?? -1, high)));
        expect(seconds).toBeCloseTo(
          own.reduce((sum, { ms }) => sum + ms / 1000, 0),
          6,
        );
      }
    }),
  );
});

test('rows of removed services are deleted, and returned rows do not change', () => {
  const tally = new CallCounter();
  tally.ended(service('a'), 'ok', 1);
  tally.ended(service('b'), 'ok', 1);
  const [first] = tally.read((id) => id === 'a');
  tally.ended(service('a'), 'ok', 1);
  expect(first?.outcomes.ok).toBe(1);
  expect(tally.read(() => true).map(({ serviceId }) => serviceId)).toEqual(['a']);
  tally.forget('a');
  expect(tally.read(() => true)).toEqual([]);
});

test('the number of counted event kinds is limited', () => {
  const tally = new AuditCounter();
  for (let i = 0; i < 1_000; i += 1) tally.count(`made.up_${String(i)}`, undefined);
  tally.count('policy.denied', { rule: 'rate' });
  tally.count('made.up_1', { rule: 'none' });
  expect(tally.kinds.size).toBe(257);
  expect([...tally.kinds.values()].reduce((sum, count) => sum + count)).toBe(1_002);
  expect([...tally.refusals]).toEqual([['rate', 1]]);
});
