import type { Clock } from '../ports/index.ts';

/** A clock for tests: it moves only through `advance`. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #start: number;
  readonly #sleepers = new Set<{ readonly until: number; readonly wake: () => void }>();

  constructor(start: Date = new Date(0)) {
    this.#start = start.getTime();
  }

  wall(): Date {
    return new Date(this.#start + this.#now);
  }

  monotonic(): number {
    return this.#now;
  }

  after(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#now + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Moves the clock and resolves the waits that are due, the earliest first. */
  advance(ms: number): void {
    this.#now += ms;
    for (const sleeper of [...this.#sleepers].sort((a, b) => a.until - b.until)) {
      if (sleeper.until <= this.#now) sleeper.wake();
    }
  }
}
