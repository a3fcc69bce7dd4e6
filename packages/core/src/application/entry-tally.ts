/** Kinds of their own that are counted; an embedder may make up any number of them. */
const MOST_KINDS = 256;
const OTHERS = 'other';

/** Counts what is written to the audit, whether or not the telemetry takes it. */
export class EntryTally {
  readonly #kinds = new Map<string, number>();
  readonly #rules = new Map<string, number>();

  /** By kind, as it is written. */
  get kinds(): ReadonlyMap<string, number> {
    return this.#kinds;
  }

  /** Calls that a policy did not let through, by the rule that they broke. */
  get refusals(): ReadonlyMap<string, number> {
    return this.#rules;
  }

  count(kind: string, data: Readonly<Record<string, unknown>> | undefined): void {
    const isKnown = this.#kinds.has(kind) || this.#kinds.size < MOST_KINDS;
    add(this.#kinds, isKnown ? kind : OTHERS);
    const rule = kind === 'policy.denied' ? data?.['rule'] : undefined;
    if (typeof rule === 'string') add(this.#rules, rule);
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
