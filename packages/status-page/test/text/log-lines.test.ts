import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LogTail, MAX_LINES, toLevel } from '../../src/text/log-lines.ts';

test.each([
  ['FATAL: API_KEY is not set', 'bad'],
  ['Traceback (most recent call last):', 'bad'],
  ['DeprecationWarning: it goes', 'warn'],
  ['listening on 4707', 'info'],
  ['terrorize', 'info'],
])('%s has level %s', (line, level) => {
  expect(toLevel(line)).toBe(level);
});

test('a buffer keeps the last lines of all batches, with keys that never repeat', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.string(), { maxLength: 900 }), { maxLength: 6 }), (batches) => {
      const buffer = new LogTail();
      for (const batch of batches) buffer.add(batch);
      expect(buffer.entries.map(({ text }) => text)).toEqual(batches.flat().slice(-MAX_LINES));
      expect(new Set(buffer.entries.map(({ key }) => key)).size).toBe(buffer.entries.length);
    }),
    { numRuns: 20 },
  );
});

test('the tail of a topic replaces the lines, and a marker stays between lines', () => {
  const buffer = new LogTail();
  buffer.add(['old']);
  buffer.replace(['a']);
  buffer.mark('Started');
  buffer.add(['b']);
  expect(buffer.entries.map(({ text }) => text)).toEqual(['a', 'Started', 'b']);
});
