/** Calls per minute, and the number of calls that may start at once. */
export interface Rate {
  readonly perMinute: number;
  /** `perMinute` if absent. */
  readonly burst?: number;
}

const MINUTE_MS = 60_000;

/** A token bucket with room for `burst` calls. `now` is in monotonic milliseconds. */
export class RateLimit {
  #rate: Required<Rate>;
  #left: number;
  #at: number;

  constructor({ perMinute, burst = perMinute }: Rate, now: number) {
    this.#rate = { perMinute, burst };
    this.#left = burst;
    this.#at = now;
  }

  /** Takes tokens, all or none. Returns 0 if they were available, else the milliseconds until they are. */
  take(now: number, count = 1): number {
    this.#fill(now);
    if (this.#left >= count) {
      this.#left -= count;
      return 0;
    }
    return Math.ceil(((count - this.#left) * MINUTE_MS) / this.#rate.perMinute);
  }

  /** Returns whether nothing is taken. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#left >= this.#rate.burst;
  }

  /** Returns whether a token is available, without taking it. */
  has(now: number): boolean {
    this.#fill(now);
    return this.#left >= 1;
  }

  /** Changes the rate; the used tokens stay used. */
  change({ perMinute, burst = perMinute }: Rate, now: number): void {
    this.#fill(now);
    this.#left = Math.max(0, burst - (this.#rate.burst - this.#left));
    this.#rate = { perMinute, burst };
  }

  #fill(now: number): void {
    const { perMinute, burst } = this.#rate;
    const gained = (Math.max(0, now - this.#at) * perMinute) / MINUTE_MS;
    this.#left = Math.min(burst, this.#left + gained);
    this.#at = Math.max(this.#at, now);
  }
}
