import { testTitles } from './test-titles.ts';

/** Paths of all tests and of the contract suites of core. */
export const CITING_FILES =
  /^(packages\/[^/]+\/test\/|packages\/core\/src\/testing\/|test\/[^/]+\/|examples\/).*\.tsx?$/;

/** The promises of the product and the ids that no test cites yet. */
export interface Ledger {
  readonly requirements: readonly string[];
  readonly pending: readonly string[];
}

const CITATION = /\[([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)\]/g;

/** Returns the differences between the ledger and the titles of tests. An empty list means that both agree. */
export function ledgerProblems(ledger: Ledger, titles: readonly string[]): readonly string[] {
  const cited = matches(titles, CITATION, 1);
  const known = new Set(ledger.requirements);
  const pending = new Set(ledger.pending);
  return [
    ...duplicatesIn(ledger.requirements).map((id) => `${id} is a duplicate in the requirements`),
    ...duplicatesIn(ledger.pending).map((id) => `${id} is a duplicate in pending`),
    ...[...known].filter((id) => !cited.has(id) && !pending.has(id)).map((id) => `${id} is cited by no test`),
    ...[...cited].filter((id) => !known.has(id)).map((id) => `${id} is cited but is not a requirement`),
    ...[...pending].filter((id) => cited.has(id)).map((id) => `${id} is cited: remove it from pending`),
    ...[...pending].filter((id) => !known.has(id)).map((id) => `${id} is pending but is not a requirement`),
  ];
}

/** Returns the titles of all tests in the given files. */
export const titlesOf = (files: ReadonlyMap<string, string>): readonly string[] =>
  [...files].flatMap(([path, source]) => testTitles(path, source));

const matches = (titles: readonly string[], pattern: RegExp, group: number): ReadonlySet<string> =>
  new Set(titles.flatMap((title) => [...title.matchAll(pattern)].map((match) => match[group] ?? '')));

const duplicatesIn = (ids: readonly string[]): readonly string[] => ids.filter((id, i) => ids.indexOf(id) !== i);
