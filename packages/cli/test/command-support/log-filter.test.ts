import { expect, test } from '@jest/globals';
import { ParsedArgs } from '../../src/arguments/command-grammar.ts';
import { lineFilter, timeOf } from '../../src/command-support/log-filter.ts';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const lines = [
  '[2026-01-01T11:00:00.000Z] Error: old',
  '[2026-01-01T11:59:30.000Z] warning: new',
  '  continued',
  '[2026-01-01T11:59:40.000Z] TypeError: x',
  '[2026-01-01T11:59:50.000Z] ready',
];
const kept = (values: Readonly<Record<string, string>>): readonly number[] => {
  const accepts = lineFilter(new ParsedArgs(values), NOW);
  return lines.flatMap((line, at) => (accepts(line) ? [at] : []));
};

test('[first-hour.35] log lines are filtered by time, level and text, and a line without a time follows the one before it', () => {
  expect(kept({})).toEqual([0, 1, 2, 3, 4]);
  expect(kept({ since: '1m' })).toEqual([1, 2, 3, 4]);
  expect(kept({ since: '2026-01-01T11:59:35Z' })).toEqual([3, 4]);
  expect(kept({ level: 'error' })).toEqual([0, 3]);
  expect(kept({ level: 'warn', since: '1m' })).toEqual([1, 3]);
  expect(kept({ grep: 'READY' })).toEqual([4]);
  expect(timeOf('plain')).toBeNaN();
});

test.each([
  [{ since: 'yesterday' }, '--since must be like 10m'],
  [{ level: 'loud' }, '--level must be error'],
])('the filter %j is refused with exit code 2', (values, message) => {
  expect(() => lineFilter(new ParsedArgs(values), NOW)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  );
});
