import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countByTime } from '../../src/text/series.ts';

test('each time of the range is in one bucket', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 150 })), fc.integer({ min: 1, max: 40 }), (times, buckets) => {
      const counts = countByTime(times, 0, 100, buckets);
      expect(counts).toHaveLength(buckets);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(
        times.filter((time) => time >= 0 && time <= 100).length,
      );
    }),
  );
});
