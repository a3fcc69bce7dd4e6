import { expect, test } from '@jest/globals';
import { Output } from '../../src/terminal/output.ts';
import { parseOutputFormat } from '../../src/terminal/output-format.ts';
import { shownTime } from '../../src/terminal/local-time.ts';
import { capture } from '../support/capture.ts';

const outputOn = (columns: number | undefined, format?: string, env = {}, more = {}) => {
  const stdout = capture(columns);
  const stderr = capture(columns);
  const wanted = format === undefined ? {} : { format: parseOutputFormat(format) };
  return { stdout, stderr, output: new Output({ stdout, stderr, env, ...wanted, ...more }) };
};

test('[first-hour.33] the output is JSON on a pipe or with -o json, and text on a terminal or with -o table', () => {
  expect(outputOn(undefined).output).toMatchObject({ json: true, isJsonRequested: false });
  expect(outputOn(80).output).toMatchObject({ json: false, isJsonRequested: false });
  expect(outputOn(80, 'json').output).toMatchObject({ json: true, isJsonRequested: true });
  expect(outputOn(undefined, 'table').output).toMatchObject({ json: false, isJsonRequested: false });
});

test('the output has colors only on a terminal that allows them', () => {
  const shown = (columns: number | undefined, env = {}): string => {
    const { stdout, output } = outputOn(columns, undefined, env);
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

test('a time is printed to the second; an invalid time is printed unchanged', () => {
  const at = new Date(2026, 2, 1, 9, 5, 7);
  expect(shownTime(at.toISOString())).toBe('2026-03-01 09:05:07');
  expect(shownTime('some day')).toBe('some day');
});

test.each([
  ['json', '{\n  "items": [\n    {\n      "namespace": "a"\n    },\n    {\n      "namespace": "b"\n    }\n  ]\n}\n'],
  ['yaml', 'items:\n  - namespace: a\n  - namespace: b\n'],
  ['name', 'a\nb\n'],
  ['jsonpath={.items[*].namespace}', 'a b\n'],
])('a value is printed in the format %s', (format, text) => {
  const { stdout, output } = outputOn(80, format);
  output.value({ items: [{ namespace: 'a' }, { namespace: 'b' }] });
  expect(stdout.text).toBe(text);
});

test('a record is one line of JSON, one YAML document or one name', () => {
  const shown = (format: string): string => {
    const { stdout, output } = outputOn(undefined, format);
    output.record({ name: 'a', at: [1] });
    return stdout.text;
  };
  expect([shown('json'), shown('yaml'), shown('name')]).toEqual([
    '{"name":"a","at":[1]}\n',
    '---\nname: a\nat:\n  - 1\n',
    'a\n',
  ]);
});

test('FORCE_COLOR and --color give colors on a pipe, and NO_COLOR wins over FORCE_COLOR', () => {
  const shown = (env: object, more = {}): string => {
    const { stdout, output } = outputOn(undefined, 'table', env, more);
    output.line('fine', 'good');
    return stdout.text;
  };
  const painted = '\u001b[32mfine\u001b[0m\n';
  expect([shown({ FORCE_COLOR: '1' }), shown({ NO_COLOR: '1' }, { color: 'always' })]).toEqual([painted, painted]);
  expect([shown({ FORCE_COLOR: '1', NO_COLOR: '1' }), shown({ FORCE_COLOR: '0' })]).toEqual(['fine\n', 'fine\n']);
});

test('COLUMNS is the width of a table on a pipe; without it no cell is cut', () => {
  const shown = (env: object): string => {
    const { stdout, output } = outputOn(undefined, 'table', env);
    output.table(['NAME', 'URL', 'X'], [['a', 'u'.repeat(120), 'x']]);
    return stdout.text;
  };
  expect(shown({})).toContain('u'.repeat(120));
  for (const line of shown({ COLUMNS: '80' }).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('advice and notes name the form of a command that works where the user is', () => {
  const npx = 'npx clarity-runtime';
  const commands = { 'clarity-runtime': npx, clarityctl: npx, clarityd: 'npx clarityd', clarityc: 'clarityc' };
  const { stdout, stderr, output } = outputOn(80, undefined, {}, { commands });
  output.advice('see `clarityctl list`');
  output.line('see `clarityctl list`');
  output.note('start `npx clarityd`');
  expect(stdout.text).toBe('see `npx clarity-runtime list`\nsee `clarityctl list`\n');
  expect(stderr.text).toBe('start `npx clarityd`\n');
});
