import type { Era } from '../domain/mcp/mcp.ts';

/** The detected era of each service. Entries expire, so that the era of an updated service is detected again. */
export class EraCache {
  /** Undefined for a forgotten or expired entry: the era of an earlier process is not used again. */
  readonly #entries = new Map<string, { readonly era: Era; readonly at: number } | undefined>();
  readonly #horizonMs: number;
  readonly #now: () => number;

  /** `now` returns monotonic milliseconds. An infinite horizon keeps entries until they are forgotten. */
  constructor(horizonMs: number, now: () => number) {
    this.#horizonMs = horizonMs;
    this.#now = now;
  }

  /**
   * Returns the era to try first. `stored` is the era that an earlier process detected: it counts as detected now, until a
   * connection fails, so that one wrong memory costs one failed attempt.
   */
  get(key: string, stored?: Era): Era | undefined {
    if (stored !== undefined && !this.#entries.has(key)) this.set(key, stored);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (this.#now() - entry.at < this.#horizonMs) return entry.era;
    this.forget(key);
    return undefined;
  }

  /** An equal entry keeps its age, so that it expires also if the service is in use. */
  set(key: string, era: Era): void {
    if (this.#entries.get(key)?.era !== era) this.#entries.set(key, { era, at: this.#now() });
  }

  forget(key: string): void {
    this.#entries.set(key, undefined);
  }
}
