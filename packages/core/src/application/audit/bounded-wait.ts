import type { Clock } from '../../ports/index.ts';

interface Wait {
  /** Monotonic milliseconds. */
  readonly due: number;
  readonly expire: () => void;
}

/** Waits for promises, each at most a fixed time, with one timer for all of them. */
export class BoundedWait {
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** In order of `due`. */
  readonly #waits = new Set<Wait>();
  #isRunning = false;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Resolves when `work` settles, or after the limit and a call of `onLate`. */
  until(work: Promise<unknown>, onLate: () => void): Promise<void> {
    return new Promise((resolve) => {
      const wait: Wait = {
        due: this.#clock.monotonic() + this.#limitMs,
        expire: () => {
          this.#waits.delete(wait);
          onLate();
          resolve();
        },
      };
      const done = (): void => {
        this.#waits.delete(wait);
        resolve();
      };
      this.#waits.add(wait);
      work.then(done, done);
      if (!this.#isRunning) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let [first] = this.#waits; first !== undefined; [first] = this.#waits) {
      await this.#clock.after(first.due - this.#clock.monotonic());
      for (const wait of this.#waits) {
        if (wait.due > this.#clock.monotonic()) break;
        wait.expire();
      }
    }
    this.#isRunning = false;
  }
}
