import type { Clock } from '../ports/index.ts';

/** The part of the clock that a connection needs. */
export type ConnectionClock = Pick<Clock, 'monotonic' | 'after'>;

/**
 * One timer for the deadlines of all requests of a connection. A request that ends in time costs no timer of its own: the
 * timer is armed only for a deadline that is earlier than the armed one.
 */
export class DeadlineTimer {
  readonly #clock: ConnectionClock;
  readonly #sweep: (now: number) => number;
  #armedFor = Infinity;
  #disarm: AbortController | undefined;

  /** `sweep` fails the requests whose deadline has passed, and returns the earliest deadline of the others. */
  constructor(clock: ConnectionClock, sweep: (now: number) => number) {
    this.#clock = clock;
    this.#sweep = sweep;
  }

  /** Runs the sweep at this time, in monotonic milliseconds, or earlier. */
  arm(deadline: number, now: number): void {
    if (deadline >= this.#armedFor) return;
    this.stop();
    this.#armedFor = deadline;
    const disarm = new AbortController();
    this.#disarm = disarm;
    void this.#clock.after(Math.max(0, deadline - now), disarm.signal).then(() => {
      if (disarm.signal.aborted) return;
      this.#armedFor = Infinity;
      this.#disarm = undefined;
      const later = this.#clock.monotonic();
      this.arm(this.#sweep(Math.max(later, deadline)), later);
    });
  }

  stop(): void {
    this.#disarm?.abort();
    this.#disarm = undefined;
    this.#armedFor = Infinity;
  }
}
