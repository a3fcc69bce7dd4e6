import { expect, test } from '@jest/globals';
import { duration, plural, toWords } from '../../src/format/format.ts';

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [3_599, '59 min'],
  [3_600, '1 h'],
  [12_000, '3 h 20 min'],
  [86_400, '1 d'],
  [187_200, '2 d 4 h'],
])('duration of %i seconds is %s', (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});

test('plural uses the singular for 1 only', () => {
  expect([0, 1, 2].map((count) => plural(count, 'tool'))).toEqual(['0 tools', '1 tool', '2 tools']);
});

test('toWords returns a constant in lower case with spaces', () => {
  expect(toWords('STDIO_MCP_REMOTE')).toBe('stdio mcp remote');
});
