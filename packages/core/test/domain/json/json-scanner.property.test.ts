import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { skipKnownValue, skipValue, TOO_DEEP } from '../../../src/domain/json/json-scanner.ts';

const encoder = new TextEncoder();
const quoted = fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'é', '漢') });
const value = fc.oneof(fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 4 }), quoted, fc.array(quoted));

test('skipKnownValue ends where skipValue ends, for any valid JSON', () => {
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1, '\t'), fc.constantFrom('', ',1', ' ', ']', '}'), (any, indent, rest) => {
      const text = JSON.stringify(any, null, indent);
      const bytes = encoder.encode(text + rest);
      const { length } = encoder.encode(text);
      expect(skipValue(bytes, 0, 0)).toBe(length);
      expect(skipKnownValue(bytes, 0)).toBe(length);
    }),
    { numRuns: 500 },
  );
});

test('P17 skipValue accepts 128 levels, skipKnownValue fewer than maxDepth, both return TOO_DEEP for more', () => {
  const nested = (depth: number): Uint8Array => encoder.encode('['.repeat(depth) + ']'.repeat(depth));
  expect(skipValue(nested(128), 0, 0)).toBe(256);
  expect(skipValue(nested(129), 0, 0)).toBe(TOO_DEEP);
  expect(skipKnownValue(nested(127), 0, 128)).toBe(254);
  expect(skipKnownValue(nested(128), 0, 128)).toBe(TOO_DEEP);
  expect(skipKnownValue(nested(100_000), 0)).toBe(200_000);
});
