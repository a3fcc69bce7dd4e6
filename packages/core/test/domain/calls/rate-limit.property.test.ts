import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RateLimit, type Rate } from '../../../src/domain/calls/rate-limit.ts';

const rate = fc.record({ perMinute: fc.integer({ min: 1, max: 6000 }), burst: fc.integer({ min: 1, max: 50 }) });
const pauses = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 200 });

/** How many of the calls were let through after each of them. */
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

test('in any stretch of time no more calls go through than the burst and what was filled in', () => {
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

test('a stricter rate has never let more calls through', () => {
  fc.assert(
    fc.property(rate, rate, pauses, (a, b, steps) => {
      const strict = { perMinute: Math.min(a.perMinute, b.perMinute), burst: Math.min(a.burst, b.burst) };
      const few = admitted(strict, steps);
      for (const [i, many] of admitted(a, steps).entries()) expect(few[i]).toBeLessThanOrEqual(many);
    }),
  );
});

test('who waits as long as it says is let through, and no sooner', () => {
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

test('a rate that is changed while it is used forgets nothing, and a clock that goes back gives nothing', () => {
  const bucket = new RateLimit({ perMinute: 60 }, 1_000);
  for (let i = 0; i < 60; i += 1) expect(bucket.take(1_000)).toBe(0);
  bucket.change({ perMinute: 60, burst: 70 }, 1_000);
  for (let i = 0; i < 10; i += 1) expect(bucket.take(0)).toBe(0);
  expect(bucket.take(0)).toBe(1_000);
});
