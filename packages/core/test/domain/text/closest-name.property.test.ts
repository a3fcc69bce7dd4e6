import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { closestName, editDistance } from '../../../src/domain/text/closest-name.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '_'), maxLength: 8 });

test('editDistance is symmetric, at most the longer length, and 0 only for equal words', () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      expect(distance).toBe(editDistance(b, a));
      expect(distance === 0).toBe(a === b);
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length));
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
    }),
  );
});

test('editDistance counts one insertion, deletion, replacement or swap of neighbors as 1', () => {
  fc.assert(
    fc.property(word, word, (head, tail) => {
      expect(editDistance(`${head}xy${tail}`, `${head}yx${tail}`)).toBe(1);
      expect(editDistance(`${head}x${tail}`, head + tail)).toBe(1);
      expect(editDistance(`${head}x${tail}`, `${head}y${tail}`)).toBe(1);
    }),
  );
});

test('closestName returns the nearest candidate with at most a third of the letters wrong', () => {
  expect(closestName('timoutMs', ['time', 'timeoutMs', 'idleTimeoutMs'])).toBe('timeoutMs');
  expect(closestName('teh', ['then', 'the'])).toBe('the');
  expect(closestName('NAME', ['name'])).toBe('name');
  expect(closestName('abcdef', ['abxyef'])).toBe('abxyef');
  expect(closestName('abcde', ['abxye'])).toBeUndefined();
});

test('closestName guesses a name of 1 or 2 letters only when the case differs', () => {
  expect(closestName('A', ['b', 'a'])).toBe('a');
  expect(closestName('a', ['b'])).toBeUndefined();
  expect(closestName('ab', ['ac', 'ba', 'abc'])).toBeUndefined();
});

test('closestName returns undefined for a name of more than 64 letters', () => {
  expect(closestName('x'.repeat(64), ['x'.repeat(64)])).toBe('x'.repeat(64));
  expect(closestName('x'.repeat(65), ['x'.repeat(65)])).toBeUndefined();
});

test('closestName skips candidates of more than 64 letters and after the first 200', () => {
  expect(closestName('x'.repeat(64), ['x'.repeat(65)])).toBeUndefined();
  const others = Array.from({ length: 199 }, (_, i) => `other${String(i)}`);
  expect(closestName('name', [...others, 'nam'])).toBe('nam');
  expect(closestName('name', [...others, 'more', 'nam'])).toBeUndefined();
});
