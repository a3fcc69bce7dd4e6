import { expect, test } from '@jest/globals';
import { Output } from '../../src/terminal/output.ts';
import { table } from '../../src/terminal/table.ts';
import { cut, textWidth } from '../../src/terminal/width.ts';
import { capture } from '../support/capture.ts';

const outputOn = (columns: number | undefined, json = false, env = {}) => {
  const stdout = capture(columns);
  const stderr = capture(columns);
  return { stdout, stderr, output: new Output({ stdout, stderr, json, env }) };
};

test('columns line up and give way, widest first, until a line fits', () => {
  const rows = [
    ['a', 'a very long text that does not fit'],
    ['bbb', 'short'],
  ];
  expect(table(['X', 'Y'], rows, 20)).toEqual(['X    Y', 'a    a very long te…', 'bbb  short']);
  for (const line of table(['X', 'Y'], rows, 20)) expect(textWidth(line)).toBeLessThanOrEqual(20);
});

test('wide characters take two columns, and marks none', () => {
  expect(textWidth('漢字')).toBe(4);
  expect(textWidth('e\u0301')).toBe(1);
  expect(cut('漢字漢字', 5)).toBe('漢字…');
  expect(cut('short', 5)).toBe('short');
});

test('a pipe gets JSON, a terminal sentences, and --json asks for JSON there too', () => {
  expect(outputOn(undefined).output).toMatchObject({ json: true, asked: false });
  expect(outputOn(80).output).toMatchObject({ json: false, asked: false });
  expect(outputOn(80, true).output).toMatchObject({ json: true, asked: true });
});

test('colours only on a terminal that wants them', () => {
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

test('#238 a cell with an escape in it is shown, not obeyed; notes go to stderr', () => {
  const { stdout, stderr, output } = outputOn(80);
  output.table(['NAME'], [['x\u001b[2J']]);
  output.note('careful\u0007');
  expect(stdout.text).toContain('x\\x1b[2J\n');
  expect(stderr.text).toBe('careful\\x07\n');
});

test('a terminal that does not know its width is taken for a usual one', () => {
  const { stdout, output } = outputOn(0);
  output.table([], [['x'.repeat(90)]]);
  expect(stdout.text).toBe(`${'x'.repeat(90)}\n`);
});
