import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { EVENT_KINDS } from '@clarity-runtime/core/internal';
import { format, resolveConfig } from 'prettier';
import { readText, root, textsOf } from './workspace-files.ts';

const REFERENCE = 'docs/reference/audit.md';

test('every kind of event in a source has a row in EVENT_KINDS', async () => {
  const sources = await textsOf(/^packages\/[^/]+\/src\/.*\.tsx?$/);
  const isRow = (kind: string) => Object.hasOwn(EVENT_KINDS, kind);
  const strangers = [...sources].flatMap(([path, text]) => {
    if (path.startsWith('packages/core/src/testing/')) return [];
    const kinds = [...text.matchAll(/\bkind: [^,;\n]*?'([a-z]+\.[a-z_]+)'/g)].map(([, kind = '']) => kind);
    return kinds.filter((kind) => !isRow(kind)).map((kind) => `${path}: ${kind}`);
  });
  expect(strangers).toEqual([]);
});

test('every row of EVENT_KINDS is written by a source', async () => {
  const sources = await textsOf(/^packages\/[^/]+\/src\/.*\.tsx?$/);
  const table = 'packages/core/src/domain/audit/event-kinds.ts';
  const text = [...sources].map(([path, source]) => (path === table ? '' : source)).join('\n');
  const unwritten = Object.keys(EVENT_KINDS).filter((kind) => {
    const [noun = '', participle = ''] = kind.split('.');
    const isTemplate = text.includes(`\`${noun}.\${`) && text.includes(`'${participle}'`);
    return !text.includes(`'${kind}'`) && !isTemplate;
  });
  expect(unwritten).toEqual([]);
});

/** After a change of the table: `UPDATE_GENERATED=1 npm test -- test/house/event-kinds`. */
test('the table of docs/reference/audit.md equals EVENT_KINDS', async () => {
  const written = {
    data: '`data.outcome`',
    denied: '`denied`',
    error: '`error`',
    level: '`error` at level `error`, else `ok`',
  };
  const rows = Object.entries(EVENT_KINDS).map(
    ([kind, { durability, outcome }]) => `| \`${kind}\` | ${durability} | ${written[outcome]} |`,
  );
  const table = ['| kind | durability | outcome |', '|---|---|---|', ...rows].join('\n');
  const text = await readText(REFERENCE);
  const edited = text.replace(/^\| kind [^]*?\n(?!\|)/m, `${table}\n`);
  const printed = await format(edited, { ...(await resolveConfig(join(root, REFERENCE))), parser: 'markdown' });
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, REFERENCE), printed);
  expect(await readText(REFERENCE)).toBe(printed);
  expect(printed).toContain(`| \`storage.recovered\``);
});
