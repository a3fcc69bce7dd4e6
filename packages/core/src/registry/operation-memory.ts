/** The effect of an operation: the revision that it wrote, or a removal. */
export interface Effect {
  readonly id: string;
  readonly at: number;
  readonly revision: string;
  readonly writtenAt: string;
  /** Digest of the written value; undefined for a removal. */
  readonly digest: string | undefined;
}

/** Number of operations that are kept; beyond it the oldest are forgotten before their time. */
const MAX_OPERATIONS = 20_000;

/** Remembers the effects of operations for a time, so that a repeated or late one has no second effect. */
export class OperationMemory {
  readonly #effects = new Map<string, Effect>();
  readonly #windowMs: number;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  find(tenant: string, op: string): Effect | undefined {
    return this.#effects.get(`${tenant}/${op}`);
  }

  /** Remembers an effect and forgets the outdated ones. */
  add(tenant: string, op: string, effect: Effect): void {
    this.#effects.set(`${tenant}/${op}`, effect);
    for (const [key, { at }] of this.#effects) {
      if (this.#effects.size <= MAX_OPERATIONS && at > effect.at - this.#windowMs) return;
      this.#effects.delete(key);
    }
  }
}
