import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CALL_DURATION_BUCKETS } from '../../../src/domain/calls/call-metrics.ts';
import { CallSeries, pointOf, quantileMs, SERIES_POINTS } from '../../../src/domain/calls/call-series.ts';

interface Call {
  readonly at: number;
  readonly hasFailed: boolean;
  readonly bucket: number;
}

const WIDTH = CALL_DURATION_BUCKETS.length + 1;
/** Calls in order, some close together and some hours apart. */
const calls = fc
  .array(
    fc.record({
      wait: fc.oneof(fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 0, max: 9_000 })),
      hasFailed: fc.boolean(),
      bucket: fc.nat(WIDTH - 1),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ wait, ...call }): Call => ({ ...call, at: (at += wait) }));
  });

const isIn = (call: Call, first: number, last: number): boolean => {
  const point = pointOf(call.at);
  return point >= first && point <= last;
};

test.each([true, false])(
  'law: a span counts the calls of its points in the last hour (fine histograms: %s)',
  (isFine) => {
    fc.assert(
      fc.property(calls, fc.nat(3_000), fc.nat(800), fc.nat(800), (made, idle, back, length) => {
        const series = new CallSeries(isFine);
        for (const { at, hasFailed, bucket } of made) series.add(at, hasFailed, bucket);
        const now = (made.at(-1)?.at ?? 0) + idle;
        const first = Math.max(0, pointOf(now) - back);
        const last = first + length;
        const oldest = Math.max(first, pointOf(now) - SERIES_POINTS + 1);
        const expected = made.filter((call) => isIn(call, oldest, last));
        const span = series.span(first, last, now);
        expect(span.calls).toBe(expected.length);
        expect(span.failed).toBe(expected.filter(({ hasFailed }) => hasFailed).length);
        const counted = span.buckets.reduce((sum, count) => sum + count, 0);
        if (isFine) expect(counted).toBe(expected.length);
        else
          expect(counted).toBeGreaterThanOrEqual(expected.filter((call) => isIn(call, pointOf(now) - 11, last)).length);
        expect(series.isEmpty(now)).toBe(made.every((call) => pointOf(now) - pointOf(call.at) >= SERIES_POINTS));
      }),
    );
  },
);

test('law: a quantile lies in the bucket of the call with its rank, and grows with it', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5), { minLength: WIDTH, maxLength: WIDTH }), (buckets) => {
      const ranked = buckets.flatMap((count, place) => Array.from({ length: count }, () => place));
      const found = [0.5, 0.95].map((quantile) => quantileMs(buckets, quantile));
      if (ranked.length === 0) {
        expect(found).toEqual([undefined, undefined]);
        return;
      }
      const [median = 0, p95 = 0] = found;
      expect(median).toBeLessThanOrEqual(p95);
      const place = ranked[Math.max(0, Math.ceil(0.95 * ranked.length) - 1)] ?? 0;
      const upper = CALL_DURATION_BUCKETS[place] ?? CALL_DURATION_BUCKETS.at(-1) ?? 0;
      expect(p95).toBeLessThanOrEqual(upper * 1000);
      expect(p95).toBeGreaterThanOrEqual((CALL_DURATION_BUCKETS[place - 1] ?? 0) * 1000);
    }),
  );
});
