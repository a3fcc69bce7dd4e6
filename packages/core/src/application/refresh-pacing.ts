/** Milliseconds between two questions at first, and at most. */
const FIRST_GAP_MS = 250;
const LONGEST_GAP_MS = 30_000;

/** How long a question about what a service offers has to wait: not at all, unless it comes hard on the last one. */
export class RefreshPacing {
  #askedAt = -Infinity;
  #gapMs = FIRST_GAP_MS;

  /** Milliseconds to wait at `now`, monotonic. Each question that had to wait makes the next one wait twice as long. */
  waitMs(now: number): number {
    const left = this.#askedAt + this.#gapMs - now;
    if (left <= 0) {
      if (-left > this.#gapMs) this.#gapMs = FIRST_GAP_MS;
      return 0;
    }
    return left;
  }

  asked(now: number, hasWaited: boolean): void {
    this.#askedAt = now;
    if (hasWaited) this.#gapMs = Math.min(LONGEST_GAP_MS, this.#gapMs * 2);
  }
}
