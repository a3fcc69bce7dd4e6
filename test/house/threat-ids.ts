/** One row of the table in `docs/security/threats.md`. */
export interface ThreatRow {
  readonly id: string;
  readonly area: string;
  readonly attack: string;
  readonly outcome: string;
  /** Path of a test file whose titles contain the id. */
  readonly test: string;
}

/** Ids of threats in a title: `H01`, `T-244`. `Q01` and `M01` are ids of protocol faults, which have no row. */
export const THREAT_ID = /(?<![A-Za-z0-9])[A-LN-PR-Z]\d{2}(?![A-Za-z0-9])|T-\d{3}(?!\d)/g;

/** Returns the rows of the table in the order of the document. */
export function threatRows(document: string): readonly ThreatRow[] {
  return [...document.matchAll(/^\| ([A-Z]\d{2}|T-\d{3}) +\|(.*)\|$/gm)].map(([, id = '', rest = '']) => {
    const [area = '', attack = '', outcome = '', test = ''] = rest.split('|').map((cell) => cell.trim());
    return { id, area, attack, outcome, test: test.replaceAll('`', '') };
  });
}

/** Returns the differences between the rows and the titles of tests, by path. An empty list means that both agree. */
export function threatProblems(
  rows: readonly ThreatRow[],
  titles: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const ids = rows.map(({ id }) => id);
  const cited = pathsOfIds(titles);
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} has two rows`),
    ...[...cited.keys()].filter((id) => !ids.includes(id)).map((id) => `${id} is in a title but has no row`),
    ...rows.filter(({ attack, outcome }) => attack === '' || outcome === '').map(({ id }) => `${id} has an empty cell`),
    ...rows
      .filter(({ id, test }) => cited.get(id)?.includes(test) !== true)
      .map(({ id, test }) => `${id} is not in a title of ${test}: ${(cited.get(id) ?? []).join(', ')}`),
  ];
}

/** Returns the paths of the test files whose titles contain each id. */
export function pathsOfIds(titles: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  for (const [path, list] of titles) {
    for (const id of new Set(list.flatMap((title) => title.match(THREAT_ID) ?? []))) {
      paths.set(id, [...(paths.get(id) ?? []), path]);
    }
  }
  return paths;
}
