import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeForTerminal, visibleJson, escapeLines } from '../../src/terminal/escape.ts';

const acts = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const foreign = fc.string({ unit: 'binary' });

test('T-238 what a terminal would obey is spelt out', () => {
  expect(escapeForTerminal('\u001b]52;c;aGk=\u0007')).toBe('\\x1b]52;c;aGk=\\x07');
  expect(escapeForTerminal('a\rb\u202ec\u{e0041}\ud800')).toBe('a\\x0db\\u202ec\\u{e0041}\\ud800');
  expect(escapeForTerminal('žluťoučký 漢字 👍')).toBe('žluťoučký 漢字 👍');
  expect(escapeLines('a\n\tb\u001b[2J')).toBe('a\n\tb\\x1b[2J');
});

test('T-238 nothing foreign ever acts, whatever it is', () => {
  fc.assert(
    fc.property(foreign, (text) => {
      expect(escapeForTerminal(text)).not.toMatch(acts);
      expect(escapeLines(text).replace(/[\n\t]/g, '')).not.toMatch(acts);
    }),
  );
});

test('T-238 JSON stays JSON and says the same', () => {
  fc.assert(
    fc.property(fc.record({ [`a\u001b`]: foreign, list: fc.array(foreign) }), (value) => {
      const text = visibleJson(value);
      expect(JSON.parse(text)).toEqual(value);
      expect(text.replaceAll('\n', '')).not.toMatch(acts);
    }),
  );
});
