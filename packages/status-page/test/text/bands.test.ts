import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { layoutBands } from '../../src/text/bands.ts';

const pairs = fc.array(
  fc.record({ from: fc.constantFrom('a', 'b', 'c', 'd', '2 others'), to: fc.constantFrom('x', 'y', 'z') }),
  { minLength: 1 },
);

test('the counts of each side add up to all pairs, and at most the limit of ends is shown', () => {
  fc.assert(
    fc.property(pairs, fc.integer({ min: 2, max: 6 }), (list, limit) => {
      const { left, right, bands } = layoutBands(list, limit);
      for (const side of [left, right]) {
        expect(side.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
        expect(side.length).toBeLessThanOrEqual(limit);
      }
      expect(bands.join('')).not.toContain('NaN');
    }),
  );
});
