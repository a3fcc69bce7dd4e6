/** Calls per minute, and how many of them may come at once. */
export interface Rate {
  readonly perMinute: number;
  /** As many as a minute may have when absent. */
  readonly burst?: number;
}

const MINUTE_MS = 60_000;

/** A bucket that holds `burst` calls and is filled evenly. It owns no clock: `now` is monotonic milliseconds. */
export class RateLimit {
  #rate: Required<Rate>;
  #left: number;
  #at: number;

  constructor({ perMinute, burst = perMinute }: Rate, now: number) {
    this.#rate = { perMinute, burst };
    this.#left = burst;
    this.#at = now;
  }

  /** Takes a call out. 0 when there was one, else the milliseconds until there is one again. */
  take(now: number): number {
    this.#fill(now);
    if (this.#left >= 1) {
      this.#left -= 1;
      return 0;
    }
    return Math.ceil(((1 - this.#left) * MINUTE_MS) / this.#rate.perMinute);
  }

  /** Whether `take` would find one; nothing is taken. */
  has(now: number): boolean {
    this.#fill(now);
    return this.#left >= 1;
  }

  /** What was used of the old rate is used of the new one. */
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
