import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FairRate } from '../../../src/domain/calls/fair-rate.ts';

const calls = (rate: FairRate, caller: string, count: number, now: number): number => {
  let passed = 0;
  for (let i = 0; i < count; i += 1) {
    if (!rate.has(caller, now)) continue;
    rate.take(caller, now);
    passed += 1;
  }
  return passed;
};

test('R13a FairRate gives one caller all of the rate', () => {
  expect(calls(new FairRate({ perMinute: 60 }, 0), 'a', 100, 0)).toBe(60);
});

test('R13a FairRate gives each of two callers about half of the rate when both want all of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 200 }), fc.integer({ min: 4, max: 12 }), (perMinute, eager) => {
      const rate = new FairRate({ perMinute }, 0);
      const passed = { a: 0, b: 0 };
      for (let now = 0; now < 8 * 60_000; now += 1_000) {
        const [a, b] = [calls(rate, 'a', eager, now), calls(rate, 'b', 8, now)];
        if (now >= 4 * 60_000) [passed.a, passed.b] = [passed.a + a, passed.b + b];
      }
      const share = Math.min(perMinute * 2, eager * 240);
      expect(passed.b).toBeGreaterThanOrEqual(perMinute * 2 * 0.85);
      expect(passed.a).toBeGreaterThanOrEqual(share * 0.85);
      expect(passed.a + passed.b).toBeLessThanOrEqual(perMinute * 4 + perMinute);
    }),
    { numRuns: 15 },
  );
});
