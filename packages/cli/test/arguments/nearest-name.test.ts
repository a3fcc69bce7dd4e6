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
