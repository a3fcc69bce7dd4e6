import type { Era } from '../domain/mcp/mcp.ts';

/** The detected era of each service. Entries expire, so that the era of an updated service is detected again. */
export class EraCache {
  readonly #entries = new Map<string, { readonly era: Era; readonly at: number }>();
  readonly #horizonMs: number;
  readonly #now: () => number;

  /** `now` returns monotonic milliseconds. */
  constructor(horizonMs: number, now: () => number) {
    this.#horizonMs = horizonMs;
    this.#now = now;
  }

  get(key: string): Era | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#now() - entry.at < this.#horizonMs) return entry.era;
    this.#entries.delete(key);
    return undefined;
  }

  /** An equal entry keeps its age, so that it expires also if the service is in use. */
  set(key: string, era: Era): void {
    if (this.#entries.get(key)?.era !== era) this.#entries.set(key, { era, at: this.#now() });
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
}
