import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeForTerminal, escapeLines, toTerminalJson } from '../../src/terminal/escape.ts';

/** Control, format, surrogate and separator characters, except a joiner between letters of joining scripts or pictures. */
const acts =
  /(?!(?<=[\p{L}\p{M}])(?<!\p{Script=Latin})[\u200c\u200d](?=\p{L})|(?<=[\p{Emoji}\p{Extended_Pictographic}\ufe0f])\u200d)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const foreign = fc.string({ unit: 'binary' });

test('T-238 escapeForTerminal writes control and format characters as escapes', () => {
  expect(escapeForTerminal('\u001b]52;c;aGk=\u0007')).toBe('\\x1b]52;c;aGk=\\x07');
  expect(escapeForTerminal('a\rb\u202ec\u{e0041}\ud800')).toBe('a\\x0db\\u202ec\\u{e0041}\\ud800');
  expect(escapeForTerminal('žluťoučký 漢字 👍')).toBe('žluťoučký 漢字 👍');
  expect(escapeForTerminal('می‌خواهم 👨‍👩‍👧')).toBe('می‌خواهم 👨‍👩‍👧');
  expect(escapeForTerminal('a\u200db\u200c')).toBe('a\\u200db\\u200c');
  expect(escapeLines('a\n\tb\u001b[2J')).toBe('a\n\tb\\x1b[2J');
});

test('T-238 escaped foreign text contains no character that acts on a terminal', () => {
  fc.assert(
    fc.property(foreign, (text) => {
      expect(escapeForTerminal(text)).not.toMatch(acts);
      expect(escapeLines(text).replace(/[\n\t]/g, '')).not.toMatch(acts);
    }),
  );
});

test('T-238 toTerminalJson returns JSON of the same value without characters that act on a terminal', () => {
  fc.assert(
    fc.property(fc.record({ [`a\u001b`]: foreign, list: fc.array(foreign) }), (value) => {
      const text = toTerminalJson(value);
      expect(JSON.parse(text)).toEqual(value);
      expect(text.replaceAll('\n', '')).not.toMatch(acts);
    }),
  );
});
