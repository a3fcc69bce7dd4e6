import type { Era } from '../domain/mcp/mcp.ts';

/** Which era a service was last seen to speak. Forgotten after a while, so that one that was mended is asked anew. */
export class EraCache {
  readonly #seen = new Map<string, { readonly era: Era; readonly at: number }>();
  readonly #horizonMs: number;
  readonly #now: () => number;

  /** `now` in milliseconds of a clock that never goes back. */
  constructor(horizonMs: number, now: () => number) {
    this.#horizonMs = horizonMs;
    this.#now = now;
  }

  get(key: string): Era | undefined {
    const seen = this.#seen.get(key);
    if (seen === undefined) return undefined;
    if (this.#now() - seen.at < this.#horizonMs) return seen.era;
    this.#seen.delete(key);
    return undefined;
  }

  /** What is remembered already keeps its age, so that it is asked anew in the end. */
  set(key: string, era: Era): void {
    if (this.#seen.get(key)?.era !== era) this.#seen.set(key, { era, at: this.#now() });
  }

  forget(key: string): void {
    this.#seen.delete(key);
  }
}
