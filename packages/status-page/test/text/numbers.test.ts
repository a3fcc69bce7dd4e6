import { expect, test } from '@jest/globals';
import { toBytes, toDuration, toPercent, toPlural, toRate, toSpan } from '../../src/text/numbers.ts';

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [12_000_000, '3 h 20 min'],
  [187_200_000, '2 d 4 h'],
])('toSpan(%d) is %s', (ms, text) => {
  expect(toSpan(ms)).toBe(text);
});

test('figures have one form each', () => {
  expect([toDuration(0.2), toDuration(1_400), toDuration(25_000)]).toEqual(['1 ms', '1.4 s', '25 s']);
  expect([toBytes(999), toBytes(4_200), toBytes(1_300_000)]).toEqual(['999 B', '4.2 kB', '1.3 MB']);
  expect([toPercent(0), toPercent(0.0001), toPercent(0.012), toPercent(0.62)]).toEqual([
    '0',
    '<0.1 %',
    '1.2 %',
    '62 %',
  ]);
  expect([toRate(0), toRate(0.01), toRate(3), toRate(118)]).toEqual(['–', '<0.1', '3', '118']);
  expect([toPlural(1, 'tool'), toPlural(12_000, 'tool')]).toEqual(['1 tool', '12\u202f000 tools']);
});
