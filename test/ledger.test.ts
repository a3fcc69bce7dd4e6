import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { format, resolveConfig } from 'prettier';
import { CITING_FILES, ledgerProblems, titlesOf, type Ledger } from './house/ledger.ts';
import { readText, root, textsOf } from './house/workspace-files.ts';
import { pending } from './pending.ts';
import { requirements } from './requirements.ts';

const ledger: Ledger = {
  requirements: requirements.map(({ id }) => id),
  pending,
};

test('every requirement is cited by a test title or listed in pending', async () => {
  expect(ledgerProblems(ledger, titlesOf(await textsOf(CITING_FILES)))).toEqual([]);
});

test('every requirement has an id, a source and a sentence', () => {
  for (const { id, source, behaviour } of requirements) {
    expect(id).toMatch(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/);
    expect(source).toMatch(/^[A-Z]\S/i);
    expect(behaviour).toMatch(/^\S.{15,}\.$/);
  }
});

/** After a change of the promises: `UPDATE_GENERATED=1 npm test -- test/ledger`. */
test('docs/requirements/promises.md lists every requirement below its source', async () => {
  const path = 'docs/requirements/promises.md';
  const options = { ...(await resolveConfig(join(root, path))), parser: 'markdown' };
  const printed = await format(promisesPage(), options);
  if (process.env['UPDATE_GENERATED'] === '1') await writeFile(join(root, path), printed);
  expect(await readText(path)).toBe(printed);
});

function promisesPage(): string {
  const sources = [...new Set(requirements.map(({ source }) => source))];
  return [
    '# Promises',
    '',
    'Generated from `test/requirements`. Each line is one promise of the product. A test cites it by `[id]` in its title.',
    ...sources.flatMap((source) => [
      '',
      `## ${source[0]?.toUpperCase() ?? ''}${source.slice(1)}`,
      '',
      ...requirements
        .filter((row) => row.source === source)
        .map(({ id, behaviour }) => `- \`${id}\`: ${behaviour.replaceAll('<', '\\<').replaceAll('*', '\\*')}`),
    ]),
    '',
  ].join('\n');
}

const small: Ledger = {
  requirements: ['a.one', 'a.two'],
  pending: ['a.two'],
};

test.each([
  ['nothing if all agree', small, ['[a.one] is cited'], []],
  ['a promise that no test cites', small, ['H01'], ['a.one is cited by no test']],
  ['an unknown citation', small, ['[a.one] [a.three]'], ['a.three is cited but is not a requirement']],
  ['a citation that is pending', small, ['[a.one] [a.two]'], ['a.two is cited: remove it from pending']],
  [
    'an unknown id in pending',
    { ...small, pending: ['a.two', 'b.one'] },
    ['[a.one]'],
    ['b.one is pending but is not a requirement'],
  ],
  [
    'a duplicate id',
    { ...small, requirements: ['a.one', 'a.two', 'a.one'] },
    ['[a.one]'],
    ['a.one is a duplicate in the requirements'],
  ],
])('the ledger reports %s', (_, given, titles, problems) => {
  expect(ledgerProblems(given, titles)).toEqual(problems);
});

test('titlesOf returns the titles of active tests with the texts of their tables', () => {
  const source = `
    const cases = [['H02', 1]];
    test('[a.one] plain', () => {});
    describe(\`H01 \${name}\`, () => {});
    kit.test('contract ' + 'suite', async () => {});
    test.each([['H03'], ['H04']])('%s is refused', () => {});
    test.each(cases)('%s too', () => {});
    test.each([{ id: 'H05' }])('$id as well', () => {});
    test.skip('[a.two] not run', () => {});
    test.todo('[a.three]');
    load('[a.four] no test');
  `;
  expect(titlesOf(new Map([['x.ts', source]]))).toEqual([
    '[a.one] plain',
    'H01 ',
    'contract suite',
    '%s is refused',
    'H03 is refused',
    'H04 is refused',
    '%s too',
    'H02 too',
    '$id as well',
    '$id as well H05',
  ]);
});
