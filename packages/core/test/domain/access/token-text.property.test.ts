import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatToken,
  isSameDigest,
  TOKEN_BYTES,
  tokenDigest,
  tokenIdOf,
} from '../../../src/domain/access/token-text.ts';

const random = fc.uint8Array({ minLength: TOKEN_BYTES, maxLength: TOKEN_BYTES });

test('a token has its prefix, its id, the 32 secret bytes in base64url and six check characters', () => {
  fc.assert(
    fc.property(random, (bytes) => {
      const { id, text } = formatToken(bytes);
      expect(text).toMatch(/^clr_[a-z0-9]{8}_[A-Za-z0-9_-]{43}[0-9A-Za-z]{6}$/);
      expect(text.slice(4, 12)).toBe(id);
      expect(text.slice(13, 56)).toBe(Buffer.from(bytes.subarray(8)).toString('base64url'));
      expect(tokenIdOf(text)).toBe(id);
    }),
  );
});

test('case 7: a text with one other character is not a token', () => {
  fc.assert(
    fc.property(random, fc.nat(61), fc.constantFrom(...Array.from('aZ09-_.~ ')), (bytes, at, character) => {
      const { text } = formatToken(bytes);
      const other = text.slice(0, at) + character + text.slice(at + 1);
      if (other !== text) expect(tokenIdOf(other)).toBeUndefined();
    }),
    { numRuns: 1_000 },
  );
});

test('any other text is not a token', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(tokenIdOf(text)).toBeUndefined();
    }),
  );
  for (const text of ['', 'clr_', 'clr_abcdefgh_', `clr_${'a'.repeat(100_000)}`])
    expect(tokenIdOf(text)).toBeUndefined();
});

test('the check of a known token is its CRC-32 in base 62', () => {
  const { text } = formatToken(new Uint8Array(TOKEN_BYTES));
  expect(text).toBe(`clr_00000000_${'A'.repeat(43)}${text.slice(-6)}`);
  expect(tokenIdOf(`${text.slice(0, -6)}000000`)).toBeUndefined();
});

test('isSameDigest compares digests', () => {
  const one = tokenDigest(randomBytes(8).toString('hex'));
  expect(isSameDigest(one, one)).toBe(true);
  expect(isSameDigest(one, `${one.slice(0, -1)}${one.endsWith('0') ? '1' : '0'}`)).toBe(false);
  expect(isSameDigest(one, one.slice(1))).toBe(false);
});
