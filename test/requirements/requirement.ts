/** One promise of the product's brief, in our own words. A test cites it by putting `[id]` into its title. */
export interface Requirement {
  /** Dotted, lower case, unique. */
  readonly id: string;
  /** The section of the brief that makes the promise. */
  readonly source: string;
  readonly behaviour: string;
}

export const promises = (source: string, rows: Readonly<Record<string, string>>): readonly Requirement[] =>
  Object.entries(rows).map(([id, behaviour]) => ({ id, source, behaviour }));
