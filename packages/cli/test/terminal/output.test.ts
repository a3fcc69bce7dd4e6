import { expect, test } from '@jest/globals';
import { Output } from '../../src/terminal/output.ts';
import { table, cut, textWidth, wrapped } from '../../src/terminal/table.ts';
import { shownTime } from '../../src/terminal/local-time.ts';
import { capture } from '../support/capture.ts';

const outputOn = (columns: number | undefined, json = false, env = {}) => {
  const stdout = capture(columns);
  const stderr = capture(columns);
  return { stdout, stderr, output: new Output({ stdout, stderr, json, env }) };
};

test('a table shortens its widest columns to the terminal width and wraps the last column', () => {
  const rows = [
    ['a', 'a very long text that does not fit'],
    ['bbb', 'short'],
  ];
  expect(table(['X', 'Y'], rows, 20)).toEqual([
    ['X    Y'],
    ['a    a very long', '     text that does', '     not fit'],
    ['bbb  short'],
  ]);
  const wide = [['a very long text that does not fit', 'b', 'c']];
  expect(table([], wide, 20)).toEqual([['a very long t…  b  c']]);
});

test('wide characters have width 2 and combining marks width 0', () => {
  expect(textWidth('漢字')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
  expect(cut('漢字漢字', 5)).toBe('漢字…');
  expect(cut('short', 5)).toBe('short');
});

test('the output is JSON on a pipe or with --json, and text on a terminal', () => {
  expect(outputOn(undefined).output).toMatchObject({ json: true, isJsonRequested: false });
  expect(outputOn(80).output).toMatchObject({ json: false, isJsonRequested: false });
  expect(outputOn(80, true).output).toMatchObject({ json: true, isJsonRequested: true });
});

test('the output has colors only on a terminal that allows them', () => {
  const shown = (columns: number | undefined, env = {}): string => {
    const { stdout, output } = outputOn(columns, false, env);
    output.line('fine', 'good');
    return stdout.text;
  };
  expect(shown(80)).toBe('\u001b[32mfine\u001b[0m\n');
  expect([shown(undefined), shown(80, { NO_COLOR: '1' }), shown(80, { TERM: 'dumb' })]).toEqual([
    'fine\n',
    'fine\n',
    'fine\n',
  ]);
});

test('T-238 a table escapes control sequences in cells; notes are written to stderr', () => {
  const { stdout, stderr, output } = outputOn(80);
  output.table(['NAME'], [['x\u001b[2J']]);
  output.note('careful\u0007');
  expect(stdout.text).toContain('x\\x1b[2J\n');
  expect(stderr.text).toBe('careful\\x07\n');
});

test('the output uses the default width when the terminal reports 0 columns', () => {
  const { stdout, output } = outputOn(0);
  output.table([], [['x'.repeat(90)]]);
  expect(stdout.text).toBe(`${'x'.repeat(90)}\n`);
});

test('text wraps between words, a path after a slash, and other text at the width', () => {
  expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
  expect(wrapped('see /home/somebody/work/file.txt', 20)).toEqual(['see', '/home/somebody/work/', 'file.txt']);
  expect(wrapped('abcdefghij', 4)).toEqual(['abcd', 'efgh', 'ij']);
  expect(wrapped('漢字漢字', 5)).toEqual(['漢字', '漢字']);
  expect(wrapped('', 5)).toEqual(['']);
});

test('a time is printed to the second; an invalid time is printed unchanged', () => {
  const at = new Date(2026, 2, 1, 9, 5, 7);
  expect(shownTime(at.toISOString())).toBe('2026-03-01 09:05:07');
  expect(shownTime('some day')).toBe('some day');
});
