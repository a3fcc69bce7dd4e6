import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { restartDelay } from '../../../src/domain/services/restart-policy.ts';

const schedule = fc
  .tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 600_000 }))
  .map(([firstMs, longestMs]) => ({ firstMs, longestMs }));
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('restartDelay returns half to all of the doubled delay, at most the ceiling', () => {
  fc.assert(
    fc.property(schedule, fc.integer({ min: 1, max: 2_000 }), chance, (rule, failures, fraction) => {
      let full = rule.firstMs;
      for (let i = 1; i < failures && full < rule.longestMs; i += 1) full *= 2;
      full = Math.min(full, rule.longestMs);
      const delay = restartDelay(rule, failures, fraction);
      expect(delay).toBeGreaterThanOrEqual(Math.floor(full / 2));
      expect(delay).toBeLessThanOrEqual(Math.ceil(full));
    }),
  );
});

test('restartDelay doubles from 1 s to 60 s by default', () => {
  const rule = { firstMs: 1_000, longestMs: 60_000 };
  expect([1, 2, 3, 7, 100].map((failures) => restartDelay(rule, failures, 0.999999))).toEqual([
    1_000, 2_000, 4_000, 60_000, 60_000,
  ]);
});
