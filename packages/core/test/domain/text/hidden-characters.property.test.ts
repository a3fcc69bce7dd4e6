import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  escapeHiddenCharacters,
  hasHiddenCharacters,
  replaceHiddenCharacters,
  stripHiddenCharacters,
  stripHiddenFromJson,
  VISIBLE_TEXT_PATTERN,
} from '../../../src/domain/text/hidden-characters.ts';

const hidden = fc.constantFrom(
  '\u200b',
  '\u202e',
  '\ufeff',
  '\u0000',
  '\u007f',
  '\u0085',
  '\u2066',
  '\u3164',
  '\ud800',
  '\ufff9',
  '\u180b',
  '\u{e0041}',
  '\u{e0100}',
  '\u00ad',
);
const visible = fc.string({ unit: 'grapheme' }).map((text) => stripHiddenCharacters(text));
const value = fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 3 });
const context = fc.constantFrom(
  'a',
  '1',
  'ж',
  'ب',
  'क',
  '्',
  '👨',
  '🏽',
  '❤',
  '\ufe0f',
  '\u200c',
  '\u200d',
  '\u034f',
  '\u3164',
);

test('stripHiddenCharacters returns a text that it does not change again', () => {
  const parts = fc.array(fc.oneof(hidden, visible, context)).map((list) => list.join(''));
  fc.assert(
    fc.property(fc.oneof(parts, fc.string({ unit: 'binary' })), (text) => {
      const clean = stripHiddenCharacters(text);
      expect(stripHiddenCharacters(clean)).toBe(clean);
      expect(hasHiddenCharacters(clean)).toBe(false);
      expect(hasHiddenCharacters(text)).toBe(clean !== text);
    }),
    { numRuns: 500 },
  );
});

test('stripHiddenCharacters removes Default_Ignorable_Code_Point, Cc, Cf, Cs but no line end and no visible sign', () => {
  const category = /^[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]$/u;
  const signs = /^[\t\n\r\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]$/u;
  const wrong: string[] = [];
  for (let code = 0; code < 0x110000; code += 1) {
    const character = String.fromCodePoint(code);
    const isHidden = category.test(character) && !signs.test(character);
    if (hasHiddenCharacters(character) !== isHidden) wrong.push(code.toString(16));
  }
  expect(wrong).toEqual([]);
});

test.each(['Füße\n\tok', '👨‍👩‍👧 ❤️', '👩🏽‍💻', '❤️‍🔥', '🏴‍☠️', '1️⃣', 'می‌خواهم', 'क्‍ष', '日本語', 'a\r\nb'])(
  'stripHiddenCharacters keeps %j',
  (text) => {
    expect(stripHiddenCharacters(text)).toBe(text);
    expect(escapeHiddenCharacters(text, '\t\r\n')).toBe(text);
  },
);

test.each([
  ['a joiner between Latin letters', 'ig\u200dno\u200cre', 'ignore'],
  ['a joiner between Cyrillic letters', 'ж\u200dж', 'жж'],
  ['a joiner between digits', '1\u200d2', '12'],
  ['two joiners in a row', 'क्\u200d\u200dष', 'क्ष'],
  ['a joiner after a hidden mark', '1\u034f\u200dب', '1ب'],
  ['ZWNJ between pictures', '👨\u200c👩', '👨👩'],
  ['a selector after a letter', 'a\ufe0fb', 'ab'],
  ['a second selector', '❤\ufe0f\ufe0f', '❤\ufe0f'],
] as const)('stripHiddenCharacters removes %s', (_, written, shown) => {
  expect(stripHiddenCharacters(written)).toBe(shown);
  expect(hasHiddenCharacters(written)).toBe(true);
});

test('stripHiddenCharacters removes hidden characters between letters', () => {
  fc.assert(
    fc.property(hidden, (character) => {
      expect(stripHiddenCharacters(`1${character}2`)).toBe('12');
    }),
  );
});

test.each([
  ['a\u001b[8mb\u001b[0mc', 'abc'],
  ['a\u001b[38;2;1;2;3 qb', 'ab'],
  ['a\u001b]0;title\u0007b', 'ab'],
  ['a\u001b]8;;https://evil.test\u001b\\b', 'ab'],
  ['a\u001bPpayload\u001b\\b', 'ab'],
  ['a\u001b_payload', 'a'],
  ['a\u001bMb', 'ab'],
  ['a\u001b(Bb', 'ab'],
  ['a\u001bcb', 'ab'],
  ['a\u001b\u001b[31mb', 'ab'],
  ['a\u009b8mb', 'a8mb'],
])('stripHiddenCharacters removes the escape sequence in %j as a whole', (written, shown) => {
  expect(stripHiddenCharacters(written)).toBe(shown);
});

test('escapeHiddenCharacters writes hidden characters as escapes and keeps the given ones', () => {
  expect(escapeHiddenCharacters('a\u001b[0m\t\u202e\u{e0041}\ud800')).toBe('a\\x1b[0m\\x09\\u202e\\u{e0041}\\ud800');
  expect(escapeHiddenCharacters('a\tb\nc', '\t')).toBe('a\tb\\x0ac');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeHiddenCharacters(text);
      expect(hasHiddenCharacters(escaped)).toBe(false);
      expect(escaped).not.toMatch(/[\t\n\r]/);
      expect(replaceHiddenCharacters(escaped, () => '?')).toBe(escaped);
    }),
  );
});

test('VISIBLE_TEXT_PATTERN matches a text when it has no hidden character, tab or line end', () => {
  const pattern = new RegExp(VISIBLE_TEXT_PATTERN, 'u');
  fc.assert(
    fc.property(fc.array(fc.oneof(hidden, visible, context)), (parts) => {
      const text = parts.join('');
      expect(pattern.test(text)).toBe(!hasHiddenCharacters(text) && !/[\t\n\r\u2028\u2029]/.test(text));
    }),
    { numRuns: 500 },
  );
});

test('stripHiddenFromJson keeps structure and digits, also with escaped characters', () => {
  expect(stripHiddenFromJson('{"a":"x\\u200by","n":9007199254740993,"q":"\\"\\\\\\u0000"}')).toBe(
    '{"a":"xy","n":9007199254740993,"q":"\\"\\\\"}',
  );
  expect(stripHiddenFromJson('{"a\u200b":[1.0,"\u200b"]}')).toBe('{"a":[1.0,""]}');
  expect(stripHiddenFromJson('["a\\bc\\fd", "\\u00e9"]')).toBe('["acd", "\\u00e9"]');
  fc.assert(
    fc.property(value, (any) => {
      const text = JSON.stringify(any);
      expect(() => JSON.parse(stripHiddenFromJson(text)) as unknown).not.toThrow();
    }),
  );
});
