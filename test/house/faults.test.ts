import { expect, test } from '@jest/globals';
import { CITING_FILES } from './ledger.ts';
import { testTitles } from './test-titles.ts';
import { readText, textsOf } from './workspace-files.ts';

/** Faults that the table must name, so that a kind cannot lose one. */
const FAULTS = [
  ...[
    'R28a',
    'R28b',
    'R28c',
    'R61a',
    'R100b',
    'R100c',
    'R07a',
    'R07b',
    'R02',
    'R65b',
    'R10a',
    'R10b',
    'R10c',
    'R01',
    'R09b',
  ],
  ...[
    'R11b',
    'R22a',
    'R22b',
    'R83',
    'R14a',
    'R14b',
    'R14c',
    'R15c',
    'R08a',
    'R08b',
    'R08c',
    'R08d',
    'R46b',
    'R09a',
    'R27a',
    'R27d',
  ],
  ...[
    'R04b',
    'R04c',
    'R04d',
    'R18e',
    'R18f',
    'R18h',
    'R73g',
    'R51a',
    'R51b',
    'R13a',
    'R13b',
    'R13c',
    'R31h',
    'R31b',
    'R31c',
  ],
  ...['R60a', 'R120a', 'R120b', 'F1', 'F2', 'F5', 'F6', 'F7', 'F13', 'F15', 'F22', 'F25'],
];

interface Kind {
  readonly name: string;
  readonly ids: readonly string[];
  readonly law: string;
}

const kindsIn = (document: string): readonly Kind[] =>
  [...document.matchAll(/^\| ([a-z][^|]+?) +\| ((?:[RF]\d+[a-h]? ?)+) *\| `([^`]+)` +\|$/gm)].map(
    ([, name = '', ids = '', law = '']) => ({ name, ids: ids.trim().split(' '), law }),
  );

/** Returns the ids without a test and the laws that generate no inputs. */
function problems(kinds: readonly Kind[], texts: ReadonlyMap<string, string>): readonly string[] {
  const titles = [...texts].flatMap(([path, text]) => testTitles(path, text));
  const cited = new Set(titles.flatMap((title) => title.match(/(?<![A-Za-z0-9])[RF]\d+[a-h]?(?![A-Za-z0-9])/g) ?? []));
  return kinds.flatMap(({ name, ids, law }) => [
    ...ids.filter((id) => !cited.has(id)).map((id) => `${name}: ${id} is in no title of a test`),
    ...(/fc\.assert|expectLinear|failedLaws|seed/.test(texts.get(law) ?? '') ? [] : [`${name}: ${law} is not a law`]),
  ]);
}

test('every kind of faults in docs/security/threats.md has a test for each id and a law', async () => {
  const kinds = kindsIn(await readText('docs/security/threats.md'));
  expect(kinds.flatMap(({ ids }) => ids).toSorted()).toEqual(FAULTS.toSorted());
  expect(problems(kinds, await textsOf(CITING_FILES))).toEqual([]);
});

test('the check of faults reports an id without a test and a file without a law', () => {
  const kinds = kindsIn('| a kind | R01 F2 | `a.test.ts` |\n| other | R10a | `b.test.ts` |');
  const texts = new Map([
    ['a.test.ts', "test('R01 holds', () => { fc.assert(x); });"],
    ['b.test.ts', "test('R10a holds', () => undefined);"],
  ]);
  expect(problems(kinds, texts)).toEqual(['a kind: F2 is in no title of a test', 'other: b.test.ts is not a law']);
});
