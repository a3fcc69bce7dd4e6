import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { normalizeText } from '../../../src/domain/text/normalize-text.ts';
import { normalizeNamespace } from '../../../src/domain/services/namespace.ts';
import { expectLinear } from '../../../../../test/support/linear-text.ts';

const MARKS = [
  '\u0301\u0323',
  '\u0323\u0301',
  'a\u0301\u0323',
  '\u0344',
  '\u0f73\u0301',
  '\u05b0\u05b1\u05b2',
  '\u1ab0',
];

/** The engine alone needs 270 ms for 32 KiB and four times as much for 64 KiB. */
const LENGTH = 48 * 1024;

test('T-513 R01 normalization needs time linear in the number of combining marks', () => {
  for (const form of ['NFC', 'NFKC', 'NFKD'] as const) expectLinear((text) => normalizeText(text, form), MARKS, LENGTH);
  expectLinear((text) => normalizeNamespace(text), MARKS, LENGTH);
}, 600_000);

test('T-513 a text without 31 marks in a row has the normal form of Unicode', () => {
  const unit = fc.oneof(fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom(...MARKS));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 4 }), fc.constantFrom('NFC', 'NFKC', 'NFKD'), (parts, form) => {
      const text = parts.join('');
      expect(normalizeText(text, form)).toBe(text.normalize(form));
    }),
  );
});
