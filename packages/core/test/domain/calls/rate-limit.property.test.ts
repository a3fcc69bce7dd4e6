import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimit, type Rate } from '../../../src/domain/calls/rate-limit.ts';

const rate = fc.record({ perMinute: fc.integer({ min: 1, max: 6000 }), burst: fc.integer({ min: 1, max: 50 }) });
const pauses = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 });

/** Counts of admitted calls after each call. */
function admitted(limit: Rate, steps: readonly number[]): readonly number[] {
  const bucket = new RateLimit(limit, 0);
  let now = 0;
  let count = 0;
  return steps.map((pause) => {
    now += pause;
    if (bucket.take(now) === 0) count += 1;
    return count;
  });
}

test('RateLimit admits at most burst plus the refilled tokens in any interval', () => {
  fc.assert(
    fc.property(rate, pauses, (limit, steps) => {
      let now = 0;
      for (const [i, count] of admitted(limit, steps).entries()) {
        now += steps[i] ?? 0;
        expect(count).toBeLessThanOrEqual(limit.burst + (now * limit.perMinute) / 60_000 + 1e-6);
      }
    }),
  );
});

test('RateLimit never admits more calls when its rate is stricter', () => {
  fc.assert(
    fc.property(rate, rate, pauses, (a, b, steps) => {
      const strict = { perMinute: Math.min(a.perMinute, b.perMinute), burst: Math.min(a.burst, b.burst) };
      const few = admitted(strict, steps);
      for (const [i, many] of admitted(a, steps).entries()) expect(few[i]).toBeLessThanOrEqual(many);
    }),
  );
});

test('RateLimit admits a call after the returned delay and not 1 ms before it', () => {
  fc.assert(
    fc.property(rate, (limit) => {
      const bucket = new RateLimit(limit, 0);
      for (let i = 0; i < limit.burst; i += 1) expect(bucket.take(0)).toBe(0);
      const waitMs = bucket.take(0);
      expect(waitMs).toBeGreaterThan(0);
      expect(bucket.has(waitMs - 1)).toBe(false);
      expect(bucket.has(waitMs)).toBe(true);
      expect(bucket.take(waitMs)).toBe(0);
    }),
  );
});

test('RateLimit keeps used tokens when its rate changes, and adds none when the clock goes back', () => {
  const bucket = new RateLimit({ perMinute: 60 }, 1_000);
  for (let i = 0; i < 60; i += 1) expect(bucket.take(1_000)).toBe(0);
  bucket.change({ perMinute: 60, burst: 70 }, 1_000);
  for (let i = 0; i < 10; i += 1) expect(bucket.take(0)).toBe(0);
  expect(bucket.take(0)).toBe(1_000);
});
