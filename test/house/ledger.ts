import { testTitles } from './test-titles.ts';

export interface Ledger {
  /** Ids of all promises, as written down. */
  readonly requirements: readonly string[];
  /** Ids that no test cites yet. */
  readonly pending: readonly string[];
  readonly threats: ReadonlySet<string>;
  readonly requiredThreats: readonly string[];
}

const CITATION = /\[([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)\]/g;
const THREAT = /(?<![A-Za-z0-9])[A-Z]\d{2}(?![A-Za-z0-9])|T-\d{3}(?!\d)/g;

/** What is wrong between the ledger and the titles of the tests; nothing when both tell the same. */
export function ledgerProblems(ledger: Ledger, titles: readonly string[]): readonly string[] {
  const cited = matches(titles, CITATION, 1);
  const known = new Set(ledger.requirements);
  const pending = new Set(ledger.pending);
  const covered = matches(titles, THREAT, 0);
  return [
    ...twice(ledger.requirements).map((id) => `${id} stands twice in the requirements`),
    ...twice(ledger.pending).map((id) => `${id} stands twice in pending`),
    ...[...known].filter((id) => !cited.has(id) && !pending.has(id)).map((id) => `${id} is cited by no test`),
    ...[...cited].filter((id) => !known.has(id)).map((id) => `${id} is cited, but is no requirement`),
    ...[...pending].filter((id) => cited.has(id)).map((id) => `${id} is cited: take it out of pending`),
    ...[...pending].filter((id) => !known.has(id)).map((id) => `${id} is pending, but is no requirement`),
    ...ledger.requiredThreats.filter((id) => !covered.has(id)).map((id) => `threat ${id} has no test`),
    ...[...covered].filter((id) => !ledger.threats.has(id)).map((id) => `threat ${id} is in no table`),
  ];
}

/** The titles of all tests below the folders that `files` come from. */
export const titlesOf = (files: ReadonlyMap<string, string>): readonly string[] =>
  [...files].flatMap(([path, source]) => testTitles(path, source));

const matches = (titles: readonly string[], pattern: RegExp, group: number): ReadonlySet<string> =>
  new Set(titles.flatMap((title) => [...title.matchAll(pattern)].map((match) => match[group] ?? '')));

const twice = (ids: readonly string[]): readonly string[] => ids.filter((id, i) => ids.indexOf(id) !== i);
