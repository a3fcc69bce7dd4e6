import { expect, test } from '@jest/globals';
import { configValue } from '../../src/client-import/config-value.ts';

test.each([
  ['json', '{ "a": [1, 2,], } // note'],
  ['jsonc', '/* x */ {"a": [1, 2]}'],
  ['json5', '{ a: [1, 2,], } // note'],
  ['toml', 'a = [1, 2] # note'],
  ['yaml', 'a: [1, 2] # note'],
] as const)('configValue reads %s', (format, text) => {
  expect(configValue(text, format)).toEqual({ a: [1, 2] });
  expect(configValue(' \n', format)).toEqual({});
});

test.each([
  ['json', '{\n "a": CANARY }', 'line 2, column 7: not valid JSON'],
  ['json5', '{\n a: CANARY }', 'line 2, column'],
  ['toml', 'b = 1\na = CANARY', 'line 2, column'],
  ['yaml', 'b: 1\na: "CANARY', 'line 2, column'],
] as const)('a problem in %s has line and column and no text of the file', (format, text, message) => {
  expect(() => configValue(text, format)).toThrow(message);
  expect(() => configValue(text, format)).not.toThrow('CANARY');
});

test.each([
  ['json', '['.repeat(200_000)],
  ['json', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
  ['json5', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`],
  ['yaml', `a: ${'['.repeat(40)}${']'.repeat(40)}`],
  ['yaml', `a: ${'['.repeat(20_000)}`],
  ['toml', `a = ${'['.repeat(20_000)}`],
  ['yaml', `a: &a [x]\n${Array.from({ length: 60 }, (_, at) => `b${String(at)}: [*a, *a]`).join('\n')}`],
] as const)('T-453 a %s file that is deep or grows by aliases is refused', (format, text) => {
  expect(() => configValue(text, format)).toThrow(/nested|line 1|aliases|not valid/);
});
