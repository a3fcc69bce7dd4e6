import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { splitHidden, toVisible } from '../../src/text/hidden-characters.ts';

const HIDDEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
const hostile = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom('\u202e', '\u200b', '\u0007', '\ufeff', '\u2066', '\u00ad', '\u{e0041}', '\u3164', '\u061c'),
  ),
});
/** Visible although they are format characters (Unicode, Prepended_Concatenation_Mark), or white space of a text. */
const SHOWN = /[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/gu;

test('no character that hides or reorders text reaches the page', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(toVisible(text).replaceAll(SHOWN, '')).not.toMatch(HIDDEN);
    }),
  );
});

test('the parts of a text are the text, with codes for what is hidden', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const decoded = splitHidden(text).map((part) =>
        part.isCode ? String.fromCodePoint(parseInt(part.text.slice(2), 16)) : part.text,
      );
      expect(decoded.join('')).toBe(text);
    }),
  );
});

test('a character of direction is shown by its code', () => {
  expect(toVisible('a\u202eb')).toBe('aU+202Eb');
});
