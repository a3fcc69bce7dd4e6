import { expect, test } from '@jest/globals';
import { ledgerProblems, titlesOf, type Ledger } from './house/ledger.ts';
import { expandIds } from './house/threat-ids.ts';
import { textsOf } from './house/workspace-files.ts';
import { pending } from './pending.ts';
import { requirements } from './requirements.ts';
import { requiredThreats, threats } from './threats.ts';

const ledger: Ledger = {
  requirements: requirements.map(({ id }) => id),
  pending,
  threats: new Set(expandIds(Object.values(threats).flat())),
  requiredThreats: expandIds(requiredThreats),
};

/** Tests of all packages, and the contract suites that they run on their adapters. */
const TESTS = /^(packages\/[^/]+\/test\/|packages\/core\/src\/testing\/|test\/[^/]+\/|examples\/).*\.tsx?$/;

test('every promise and every required threat case is cited by a test, or stands in pending', async () => {
  expect(ledgerProblems(ledger, titlesOf(await textsOf(TESTS)))).toEqual([]);
});

test('the threat tables have 294 cases, each in one area', () => {
  const all = expandIds(Object.values(threats).flat());
  expect(all).toHaveLength(294);
  expect(new Set(all).size).toBe(294);
});

test('every requirement says where it comes from and what it asks for', () => {
  for (const { id, source, behaviour } of requirements) {
    expect(id).toMatch(/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/);
    expect(source).toMatch(/^brief: \S/);
    expect(behaviour).toMatch(/^\S.{15,}\.$/);
  }
});

const small: Ledger = {
  requirements: ['a.one', 'a.two'],
  pending: ['a.two'],
  threats: new Set(['H01', 'T-244']),
  requiredThreats: ['H01'],
};

test.each([
  ['nothing', small, ['[a.one] works, H01 too'], []],
  ['a promise that nobody cites', small, ['H01'], ['a.one is cited by no test']],
  ['an unknown citation', small, ['[a.one] H01 [a.three]'], ['a.three is cited, but is no requirement']],
  ['a citation that still pends', small, ['[a.one] [a.two] H01'], ['a.two is cited: take it out of pending']],
  [
    'an unknown id in pending',
    { ...small, pending: ['a.two', 'b.one'] },
    ['[a.one] H01'],
    ['b.one is pending, but is no requirement'],
  ],
  [
    'an id that stands twice',
    { ...small, requirements: ['a.one', 'a.two', 'a.one'] },
    ['[a.one] H01'],
    ['a.one stands twice in the requirements'],
  ],
  ['a required threat without a test', small, ['[a.one] XH01'], ['threat H01 has no test']],
  ['an unknown threat', small, ['[a.one] H01 T-245'], ['threat T-245 is in no table']],
])('the ledger reports %s', (_, given, titles, problems) => {
  expect(ledgerProblems(given, titles)).toEqual(problems);
});

test('titles are read from tests that run, with the texts of their tables', () => {
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
