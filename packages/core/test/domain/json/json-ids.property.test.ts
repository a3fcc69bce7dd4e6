import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../src/domain/json/digest.ts';
import { JsonIds } from '../../../src/domain/json/json-ids.ts';

test('JsonIds gives equal numbers exactly to values with equal canonical JSON', () => {
  const value = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(value, value, (a, b) => {
      const ids = new JsonIds();
      expect(ids.isSame(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(ids.isSame(a, structuredClone(a))).toBe(true);
    }),
    { numRuns: 200 },
  );
});
