import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { CITING_FILES } from './ledger.ts';
import { testTitles } from './test-titles.ts';
import { pathsOfIds, threatProblems, threatRows } from './threat-ids.ts';
import { readText, root, textsOf } from './workspace-files.ts';

const DOCUMENT = 'docs/security/threats.md';

let titles: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  const texts = await textsOf(CITING_FILES);
  titles = new Map([...texts].map(([path, text]) => [path, testTitles(path, text)]));
  if (process.env['UPDATE_GENERATED'] === '1') await updateTestColumn();
});

test('docs/security/threats.md has one row for each threat id, and its test file has a title with the id', async () => {
  const rows = threatRows(await readText(DOCUMENT));
  expect(rows.length).toBeGreaterThan(290);
  expect(threatProblems(rows, titles).join('\n')).toBe('');
});

test('the threat check reports ids without a row, rows without a test and duplicate rows', () => {
  const rows = threatRows(
    [
      '| H01 | host | A page sends a foreign name. | 403 | `a.test.ts` |',
      '| H02 | host |  | 403 | `a.test.ts` |',
      '| T-300 | host | An attack. | 403 | `b.test.ts` |',
      '| H01 | host | Again. | 403 | `a.test.ts` |',
    ].join('\n'),
  );
  const planted = new Map([
    ['a.test.ts', ['H01 is refused', 'H02, H03 are refused']],
    ['c.test.ts', ['T-300 is refused']],
  ]);
  expect(threatProblems(rows, planted)).toEqual([
    'H01 has two rows',
    'H03 is in a title but has no row',
    'H02 has an empty cell',
    'T-300 is not in a title of b.test.ts: c.test.ts',
  ]);
});

/** Replaces the path of each row whose test moved with the first test file that has the id in a title. */
async function updateTestColumn(): Promise<void> {
  const paths = pathsOfIds(titles);
  let text = await readText(DOCUMENT);
  for (const { id, test: path } of threatRows(text)) {
    const [first = path] = paths.get(id) ?? [];
    if (paths.get(id)?.includes(path) === true) continue;
    text = text.replace(new RegExp(`^(\\| ${id} .*\\| )\`[^\`]*\``, 'm'), (_, start: string) => `${start}\`${first}\``);
  }
  const options = { ...(await resolveConfig(join(root, DOCUMENT))), parser: 'markdown' };
  await writeFile(join(root, DOCUMENT), await format(text, options));
}
