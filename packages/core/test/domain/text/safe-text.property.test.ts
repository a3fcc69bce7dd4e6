import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toLogData, toLogLine } from '../../../src/domain/text/safe-text.ts';

const nasty = fc.string({
  unit: fc.constantFrom('a', 'ж', '字', '\n', '\r', '\u001b', '\u009b', '\u2028', '\u202e', '\0'),
});

test('a plain line has no more characters than were given, none of control, and every letter that was there', () => {
  fc.assert(
    fc.property(nasty, (text) => {
      const line = toLogLine(text);
      expect(line).toHaveLength(text.length);
      expect(line).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
      expect(line.replaceAll('?', '')).toBe(text.replaceAll(/[^aж字]/g, ''));
      expect(toLogLine(line)).toBe(line);
    }),
  );
  expect(toLogLine('x'.repeat(10_000))).toHaveLength(2_000);
});

test('data keeps its shape, and everything in it that is no string stays as it is', () => {
  const data = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(data, (value) => {
      const plain = JSON.stringify(toLogData(value));
      expect(plain).not.toMatch(/[\u2028\u202e]/);
      expect(plain.length).toBeLessThanOrEqual(JSON.stringify(value).length);
      if (!/\\|[^\x20-\x7e]/.test(JSON.stringify(value)))
        expect(JSON.parse(plain)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
