import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { TOLERANCES, type Tolerance } from '../../packages/core/src/protocol/tolerances.ts';
import { testTitles } from './test-titles.ts';
import { readText, root, textsOf } from './workspace-files.ts';

const REFERENCE = 'docs/reference/tolerances.md';

test('every tolerance has a test whose title begins with its id', async () => {
  const files = await textsOf(/^packages\/.*\.test\.ts$/);
  const titles = [...files].flatMap(([path, source]) => testTitles(path, source));
  const tested = new Set(titles.map((title) => /^(?:[A-Z]\d+[a-z]? )*([a-z-]+):/.exec(title)?.[1]));
  expect(Object.keys(TOLERANCES).filter((id) => !tested.has(id))).toEqual([]);
});

/** After a change of the table: `UPDATE_GENERATED=1 npm test -- test/house/tolerances`. */
test('the table of docs/reference/tolerances.md equals TOLERANCES', async () => {
  const rows = Object.entries<Tolerance>(TOLERANCES).map(
    ([id, { accepts, source, from }]) => `| \`${id}\` | ${accepts} | ${from.join(', ')} | ${source} |`,
  );
  const table = ['| id | accepted | from | source |', '|---|---|---|---|', ...rows].join('\n');
  const edited = (await readText(REFERENCE)).replace(/^\| id [^]*?\n(?!\|)/m, () => `${table}\n`);
  const printed = await format(edited, { ...(await resolveConfig(join(root, REFERENCE))), parser: 'markdown' });
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, REFERENCE), printed);
  expect(await readText(REFERENCE)).toBe(printed);
  expect(printed).toContain('| `lost-session`');
});
