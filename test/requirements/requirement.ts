/** One promise of the product. A test cites it by `[id]` in its title. */
export interface Requirement {
  /** Dotted, lower case, unique. */
  readonly id: string;
  /** Heading in `docs/requirements/promises.md` that contains the promise. */
  readonly source: string;
  readonly behaviour: string;
}

/** Returns the rows of one heading. */
export const promises = (source: string, rows: Readonly<Record<string, string>>): readonly Requirement[] =>
  Object.entries(rows).map(([id, behaviour]) => ({ id, source, behaviour }));
