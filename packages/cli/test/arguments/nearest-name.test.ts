import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearestName } from '../../src/arguments/nearest-name.ts';

test('nearestName returns the name with the fewest edits, and none beyond two', () => {
  expect(nearestName('gihub', ['github', 'gitlab'])).toBe('github');
  expect(nearestName('pth', ['path', 'patch'])).toBe('path');
  expect([nearestName('abc', ['xyz']), nearestName('a', ['b']), nearestName('', ['a'])]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('a known name is its own nearest name', () => {
  const name = fc.string({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(name, fc.array(name), (own, others) => {
      expect(nearestName(own, [...others, own])).toBe(own);
    }),
  );
});

test('a swap of two neighbors is one edit', () => {
  expect(nearestName('lsit', ['edit', 'list'])).toBe('list');
  const name = fc.stringMatching(/^[a-z]{3,12}$/);
  fc.assert(
    fc.property(name, fc.nat(), (own, at) => {
      const from = at % (own.length - 1);
      const swapped = own.slice(0, from) + own.charAt(from + 1) + own.charAt(from) + own.slice(from + 2);
      expect(nearestName(swapped, [own])).toBe(own);
    }),
  );
});
