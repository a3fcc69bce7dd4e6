import { expect, test } from '@jest/globals';
import { CITING_FILES } from './ledger.ts';
import { testTitles } from './test-titles.ts';
import { textsOf } from './workspace-files.ts';

interface Kind {
  readonly name: string;
  /** Ids of faults that were found with real clients and servers (M) or in public reports (Q). */
  readonly ids: string;
}

/** Tests of a kind beside one of each fault. */
const SIBLINGS = 3;

const KINDS: readonly Kind[] = [
  { name: 'one form of a message is read and another is not', ids: 'Q09 Q10 Q11 Q12 Q13 Q21 Q23 Q50' },
  { name: 'one answer about an era, a session or a stream is understood', ids: 'Q03 Q04 Q08 Q15 Q27 Q32 Q41 M20' },
  { name: 'one service hides, replaces or speaks for another', ids: 'Q06 Q35 Q66 M4 M9 M11 M12' },
  { name: 'a secret is shown', ids: 'Q05' },
  { name: 'a start, a process or its environment', ids: 'Q02 Q02b Q17 Q24 Q31 Q52 M2 M3 M18 M19' },
  { name: 'an answer does not come in time', ids: 'Q01 Q47 M1 M15' },
  { name: 'the aggregate and sharing', ids: 'Q07 Q16 Q29 Q30 Q36 Q48 Q58 M6 M10 M13 M14 M16 M17' },
  { name: 'sizes', ids: 'M7 M8' },
  {
    name: 'messages, files, names and settings',
    ids: 'Q18 Q19 Q25 Q34 Q37 Q43 Q44 Q56 Q57 Q65 M5 M21 M22',
  },
];

/** Returns the ids without a test, the kinds without enough tests, and the kinds without generated inputs. */
function problems(kinds: readonly Kind[], texts: ReadonlyMap<string, string>): readonly string[] {
  const tests = [...texts].flatMap(([path, text]) => testTitles(path, text).map((title) => ({ title, text })));
  return kinds.flatMap(({ name, ids: written }) => {
    const ids = written.split(' ');
    const citing = (id: string) =>
      tests.filter(({ title }) => new RegExp(`(?<![A-Za-z0-9])${id}(?![A-Za-z0-9])`).test(title));
    const found = ids.flatMap(citing);
    const titles = new Set(found.map(({ title }) => title));
    return [
      ...ids.filter((id) => citing(id).length === 0).map((id) => `${name}: ${id} is in no title of a test`),
      ...(titles.size >= ids.length + SIBLINGS ? [] : [`${name}: ${String(titles.size)} tests are too few`]),
      ...(found.some(({ text }) => /fc\.assert|expectLinear/.test(text))
        ? []
        : [`${name}: no test generates its inputs`]),
    ];
  });
}

test('every fault of peers has a test, and every kind has three more and a law', async () => {
  expect(problems(KINDS, await textsOf(CITING_FILES))).toEqual([]);
});

test('no fault is in two kinds', () => {
  const ids = KINDS.flatMap(({ ids: written }) => written.split(' '));
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
});

test('the check reports a fault without a test, a kind with few tests and a kind without a law', () => {
  const law = "test('Q01 a', () => { fc.assert(x); }); test('Q01 b', f); test('M2 c', f); test('M2 d', f);";
  const texts = new Map([
    ['a.test.ts', `${law} test('M2 Q01 e', f);`],
    ['b.test.ts', "test('Q03 a', f); test('Q031 b', f);"],
  ]);
  const kinds = [
    { name: 'whole', ids: 'Q01 M2' },
    { name: 'poor', ids: 'Q03 Q04' },
  ];
  expect(problems(kinds, texts)).toEqual([
    'poor: Q04 is in no title of a test',
    'poor: 1 tests are too few',
    'poor: no test generates its inputs',
  ]);
});
