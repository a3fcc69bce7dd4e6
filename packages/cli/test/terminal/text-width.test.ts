import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { characters, cut, cutMiddle, textWidth, wrapped } from '../../src/terminal/text-width.ts';

test('wide characters have width 2 and combining marks width 0', () => {
  expect(textWidth('漢字')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
  expect(cut('漢字漢字', 5)).toBe('漢字…');
  expect(cut('short', 5)).toBe('short');
  expect(cutMiddle('https://example.com/mcp', 11)).toBe('https…m/mcp');
});

test('text wraps between words, a path after a slash, and other text at the width', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrapped('see /home/somebody/work/file.txt', 20)).toEqual(['see', '/home/somebody/work/', 'file.txt']);
  expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrapped('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  expect(wrapped('', 5)).toEqual(['']);
});

const text = fc.string({ unit: 'grapheme', maxLength: 60 });

test('a cut text is never wider than its column, and a text that fits is not changed', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, columns) => {
      for (const shorten of [cut, cutMiddle]) {
        const short = shorten(whole, columns);
        expect(textWidth(short)).toBeLessThanOrEqual(columns);
        if (textWidth(whole) <= columns) expect(short).toBe(whole);
      }
    }),
  );
});

test('wrapped lines have all characters of the text in order, and lines fit unless one character is wider', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 40 }), (whole, columns) => {
      const lines = wrapped(whole, columns);
      expect(lines.join('').replaceAll(' ', '')).toBe(whole.replaceAll(' ', ''));
      const widest = Math.max(columns, ...Array.from(characters(whole), ({ width }) => width));
      for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(widest);
    }),
  );
});
