import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { newLines } from '../../src/api/follow.ts';

test('newLines returns the lines after the known ones, also when old lines were dropped', () => {
  expect(newLines(['a', 'b'], ['a', 'b', 'c'])).toEqual(['c']);
  expect(newLines(['a', 'b'], ['b', 'c', 'd'])).toEqual(['c', 'd']);
  expect(newLines(['a', 'b'], ['a', 'b'])).toEqual([]);
  expect(newLines(['a'], ['x', 'y'])).toEqual(['x', 'y']);
  expect(newLines([], ['x'])).toEqual(['x']);
});

test('newLines returns every new line when all lines differ', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(20), fc.nat(20), (seen, come, window) => {
      const log = Array.from({ length: seen + come }, (_, at) => `line ${String(at)}`);
      const before = log.slice(0, seen);
      expect(newLines(before, log.slice(Math.min(window, seen)))).toEqual(log.slice(seen));
    }),
  );
});
