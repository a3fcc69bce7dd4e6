import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { ERROR_TABLE } from '../../../src/domain/errors/error-table.ts';

const folder = new URL('../../../src/domain/errors/', import.meta.url);

test('each code has one row, in one of the files of the table', async () => {
  const names = (await readdir(folder)).filter((name) => /-(?:errors|table)\.ts$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), 'utf8')));
  // A second row would replace the first one without an error of the compiler.
  const rows = texts.flatMap((text) => [...text.matchAll(/^ {2}([A-Z][A-Z_]+): \{/gm)].map(([, code = '']) => code));
  expect(rows.toSorted()).toEqual(Object.keys(ERROR_TABLE).toSorted());
});
