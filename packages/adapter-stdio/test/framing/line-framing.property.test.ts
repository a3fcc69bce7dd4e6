import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { StderrLog } from '../../src/connector/stderr-log.ts';
import { LineReader, lineOf } from '../../src/framing/line-framing.ts';

function read(bytes: Buffer, cuts: readonly number[], longest = 1_000_000) {
  const lines: string[] = [];
  const heads: string[] = [];
  const reader = new LineReader(() => longest, {
    line: (line) => lines.push(Buffer.from(line).toString('utf8')),
    overlong: (head) => heads.push(Buffer.from(head).toString('utf8')),
  });
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  return { lines, heads };
}

test('LineReader returns the same lines for every chunking', () => {
  const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(
      fc.array(line),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { maxLength: 8 }),
      (lines, end, cuts) => {
        const bytes = Buffer.from(lines.map((each) => each + end).join(''));
        expect(read(bytes, cuts)).toEqual({ lines: lines.filter((each) => each !== ''), heads: [] });
      },
    ),
  );
});

test('LineReader reports an overlong line once, skips its rest and reads the next line', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
      const bytes = Buffer.from(`short\n${'x'.repeat(5_000)}\nnext\n`);
      const { lines, heads } = read(bytes, cuts, 1_000);
      expect(lines).toEqual(['short', 'next']);
      expect(heads).toHaveLength(1);
      expect(heads[0]).toMatch(/^x{1,512}$/);
    }),
  );
});

test('M7 LineReader reports the id of an overlong message, wherever the id is', () => {
  const filler = 'x'.repeat(5_000);
  const messages = [
    [`{"jsonrpc":"2.0","id":7,"method":"m","params":{"id":1,"text":"${filler}"}}`, '7'],
    [`{"method":"m","params":{"id":1,"text":"${filler}"},"jsonrpc":"2.0","id":"last"}`, '"last"'],
    [`{"method":"m","params":{"id":1,"text":"${filler}"},"id":8,"jsonrpc":"2.0"}`, '8'],
    [`{"method":"m","params":{"id":1,"text":"${filler}"}}`, undefined],
  ] as const;
  fc.assert(
    fc.property(fc.constantFrom(...messages), fc.integer({ min: 1, max: 6_000 }), ([message, id], size) => {
      const ids: unknown[] = [];
      const lines: string[] = [];
      const reader = new LineReader(() => 1_000, {
        line: (line) => lines.push(Buffer.from(line).toString('utf8')),
        overlongMessage: (found) => ids.push(found),
      });
      const bytes = Buffer.from(`${message}\nnext\n`);
      for (let from = 0; from < bytes.length; from += size) reader.push(bytes.subarray(from, from + size));
      expect([ids, lines]).toEqual([[id], ['next']]);
    }),
    { numRuns: 50 },
  );
});

test('lineOf returns one line with the same JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const line = Buffer.from(lineOf(Buffer.from(JSON.stringify(value, null, '\r\n ')))).toString('utf8');
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(line).not.toContain('\r');
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('StderrLog logs a bounded part of an endless stderr and counts the rest', () => {
  const logged: string[] = [];
  let now = 0;
  let leftOut = 0;
  const errors = new StderrLog({
    log: (line) => logged.push(line),
    onDropped: () => {
      leftOut += 1;
    },
    now: () => now,
  });
  for (let i = 0; i < 5_000; i += 1) errors.push(Buffer.from(`line ${String(i)}\n`));
  expect(logged).toHaveLength(200);
  expect(leftOut).toBe(4_800);
  now = 1_000;
  errors.push(Buffer.from('after\n'));
  expect(logged.slice(200)).toEqual(['… 4800 lines were dropped', 'after']);
});
