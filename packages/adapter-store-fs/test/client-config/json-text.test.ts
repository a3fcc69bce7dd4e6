import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonText } from '../../src/index.ts';

test.each([
  ['{\n  // ours\n  "a": 1\n}', 'line 2, column 3: JSON has no comments'],
  ['{\n  "a": 1 /* x */\n}', 'line 2, column 10: JSON has no comments'],
  ['{"a": [1,\n 2,\n]}', 'line 3, column 1: JSON has no trailing commas'],
  ['{"a": 1,}', 'line 1, column 9: JSON has no trailing commas'],
  ['{\n"a": 1\n"b": 2}', 'line 3, column 1: comma expected'],
  ['{"a": \'x\'}', 'line 1, column 7: '],
  ['{"a": {"b": 1,\n "b": 2}}', 'line 2, column 2: an object has two members of this name'],
  ['', 'the file is empty'],
])('Q37 parseJsonText refuses %j with %s', (text, message) => {
  expect(() => parseJsonText(text)).toThrow(message);
});

test('Q37 parseJsonText returns the value of JSON.parse, and names a place in every text that it refuses', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, at) => {
      expect(parseJsonText(text)).toEqual(JSON.parse(text));
      const cut = text.slice(0, at % text.length);
      try {
        JSON.parse(cut);
      } catch {
        expect(() => parseJsonText(cut)).toThrow(/^line \d+, column \d+: |^the file is empty$/);
      }
    }),
    { numRuns: 100 },
  );
  expect(() => parseJsonText('['.repeat(100_000))).toThrow(/nested too deeply|line 1/);
});

test('Q37 parseJsonText reads a list with more items than a call has arguments', () => {
  expect(parseJsonText(`[${'0,'.repeat(200_000)}0]`)).toHaveLength(200_001);
});
