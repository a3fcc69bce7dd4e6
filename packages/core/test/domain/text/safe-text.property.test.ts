import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasHiddenCharacters } from '../../../src/domain/text/hidden-characters.ts';
import { toDisplayLines, toDisplayText, toLogData, toLogLine, valueText } from '../../../src/domain/text/safe-text.ts';

const hostile = fc.string({
  unit: fc.constantFrom('a', 'ж', '字', '\n', '\r', '\u001b', '\u009b', '\u2028', '\u202e', '\0', '\u200b', '\ufeff'),
});

test('toLogLine replaces each hidden character by ? and keeps every other character', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const line = toLogLine(text);
      expect(line).toHaveLength(text.length);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u202e\u200b\ufeff]/u);
      expect(line.replaceAll('?', '')).toBe(text.replaceAll(/[^aж字]/g, ''));
      expect(toLogLine(line)).toBe(line);
    }),
  );
  expect(toLogLine('x'.repeat(10_000))).toHaveLength(2_000);
});

test('toLogData keeps the structure and every value that is not a string', () => {
  const data = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(data, (value) => {
      const plain = JSON.stringify(toLogData(value));
      expect(plain).not.toMatch(/[\u2028\u202e]/);
      expect(plain.length).toBeLessThanOrEqual(JSON.stringify(value).length);
      if (!/\\|[^\x20-\x7e]/.test(JSON.stringify(value)))
        expect(JSON.parse(plain)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('toDisplayText returns one line of visible characters, at most maxLength and an ellipsis', () => {
  fc.assert(
    fc.property(
      fc.oneof(hostile, fc.string({ unit: 'binary' })),
      fc.integer({ min: 1, max: 20 }),
      (text, maxLength) => {
        const shown = toDisplayText(text, maxLength);
        expect(hasHiddenCharacters(shown)).toBe(false);
        expect(shown).not.toMatch(/[\t\n\r]/);
        expect(shown.length).toBeLessThanOrEqual(maxLength + 1);
      },
    ),
  );
});

test('toDisplayLines differs from toDisplayText only by tabs and line feeds', () => {
  const spaced = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();
  fc.assert(
    fc.property(fc.oneof(hostile, fc.string({ unit: 'binary' })), (text) => {
      const shown = toDisplayLines(text);
      expect(hasHiddenCharacters(shown)).toBe(false);
      expect(shown).not.toMatch(/[\r\v\f\u0085\u2028\u2029]/u);
      // A space after ESC is part of an escape sequence, a line end is not.
      if (!text.includes('\u001b')) expect(spaced(shown)).toBe(spaced(toDisplayText(text)));
    }),
  );
  expect(toDisplayLines('[\n\t{\r\n  "code": 1\n}]\u001b[31m')).toBe('[\n\t{\n  "code": 1\n}]');
});

test.each([
  ['\u001b[31mred\u001b[0m', 'red'],
  ['  one\r\n\ttwo\u2028three\u000bfour ', 'one two three four'],
  ['a\u200bb\u202ec\u{e0041}', 'abc'],
  ['👨‍👩‍👧', '👨‍👩‍👧'],
])('toDisplayText turns %j into %j', (text, shown) => {
  expect(toDisplayText(text)).toBe(shown);
});

test('toDisplayText does not cut a surrogate pair in half', () => {
  expect(toDisplayText('ab👍c', 3)).toBe('ab…');
});

test('valueText is defined for every value of JSON, and tells a list of one text from the text', () => {
  const members = fc.dictionary(
    fc.constantFrom('toString', 'valueOf', 'toJSON', 'length'),
    fc.jsonValue({ maxDepth: 1 }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue({ maxDepth: 3 }), members), (value) => {
      const text = valueText(JSON.parse(JSON.stringify(value)));
      if (typeof value === 'string') expect(text).toBe(value);
      else expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect([valueText(undefined), valueText({ toString: 1 }), valueText(['x'])]).toEqual([
    'undefined',
    '{"toString":1}',
    '["x"]',
  ]);
});
