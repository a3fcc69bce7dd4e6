import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shortText } from '../../../src/domain/json/short-texts.ts';

const encoder = new TextEncoder();

/** The specification: ASCII without a backslash, at most 64 bytes. */
const expected = (text: string): string | undefined => (/^[\0-\x5b\x5d-\x7f]{0,64}$/.test(text) ? text : undefined);

const words = fc.constantFrom('jsonrpc', 'id', 'method', 'params', 'name', '_meta', 'tools/call', '');

test('bytes have the text that they encode, whatever was read before', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 70 })), { minLength: 1 }), (texts) => {
      for (const text of texts) {
        const bytes = encoder.encode(`<${text}>`);
        expect(shortText(bytes, 1, bytes.length - 1)).toBe(expected(text));
      }
    }),
  );
});

test('texts with one hash take turns in their slot', () => {
  // 'Aa' and 'BB' have the same polynomial hash with the factor 31.
  for (const text of ['Aa', 'BB', 'AaAa', 'BBBB', 'AaBB', 'Aa', 'BB']) {
    expect(shortText(encoder.encode(text), 0, text.length)).toBe(text);
  }
});

test('a text beyond the table is not read', () => {
  expect(shortText(encoder.encode('x'.repeat(65)), 0, 65)).toBeUndefined();
  expect(shortText(encoder.encode('é'), 0, 2)).toBeUndefined();
  expect(shortText(encoder.encode('a\\n'), 0, 3)).toBeUndefined();
});
