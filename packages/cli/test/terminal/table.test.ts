import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { table } from '../../src/terminal/table.ts';
import { textWidth } from '../../src/terminal/text-width.ts';

test('a table shortens its widest columns to the terminal width and wraps the last column', () => {
  const rows = [
    ['a', 'a very long text that does not fit'],
    ['bbb', 'short'],
  ];
  expect(table(['X', 'Y'], rows, 20)).toEqual([
    ['X    Y'],
    ['a    a very long', '     text that does', '     not fit'],
    ['bbb  short'],
  ]);
  expect(table([], [['name', 'a very long text that does not fit', 'c']], 20)).toEqual([['name  a very lon…  c']]);
});

test('optional columns are left out from the right before a name is cut', () => {
  const heading = ['NAME', { title: 'ID', fit: 'whole', optional: true }, { title: 'FROM', optional: true }] as const;
  const name = 'a-name-of-30-characters-exactly';
  expect(table(heading, [[name, 'svc_0123456789ab', 'x']], 60)[1]).toEqual([`${name}  svc_0123456789ab  x`]);
  expect(table(heading, [[name, 'svc_0123456789ab', 'x'.repeat(20)]], 51)[1]).toEqual([`${name}  svc_0123456789ab`]);
  expect(table(heading, [[name, 'svc_0123456789ab', 'x']], 40)[1]).toEqual([name]);
});

test('a name that is wider than the terminal continues on the next line', () => {
  const name = 'n'.repeat(90);
  const [, row = []] = table(['NAME', 'B'], [[name, 'x']], 40);
  expect(row.map((line) => line.replaceAll(/[^n]/g, '')).join('')).toBe(name);
  for (const line of row) expect(textWidth(line)).toBeLessThanOrEqual(40);
});

const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 100 }).map((text) => text.trim());

test('[first-hour.32] at 80 columns no line is wider and every first column is complete', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
      const lines = table(['NAME', 'STATUS', { title: 'FROM', fit: 'middle' }, 'TEXT'], rows, 80);
      rows.forEach(([name], at) => {
        const own = lines[at + 1] ?? [];
        for (const line of own) expect(textWidth(line)).toBeLessThanOrEqual(80);
        if (textWidth(name) <= 40) expect(own[0]?.startsWith(name)).toBe(true);
      });
    }),
  );
});
