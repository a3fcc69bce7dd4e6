import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** Delays of timers in seconds. */
export interface LoopDelays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const EVERY_MS = 20;

/**
 * Measures the delay of the event loop, from the first call of `take` on: without a reader the process stays idle.
 * `monitorEventLoopDelay` of Node.js loses a delay that is in progress during its reset.
 */
export class LoopDelay {
  readonly #seen: RecordableHistogram = createHistogram();
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #isClosed = false;

  /** Returns the delays since the previous call. Undefined for the first call and when no timer has fired since. */
  take(): LoopDelays | undefined {
    if (this.#timer === undefined && !this.#isClosed) this.#begin();
    const { count, max } = this.#seen;
    if (count === 0) return undefined;
    const delays = { p50: this.#seen.percentile(50) / 1e6, p99: this.#seen.percentile(99) / 1e6, max: max / 1e6 };
    this.#seen.reset();
    return delays;
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #begin(): void {
    this.#last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const lateMs = Math.max(0, now - this.#last - EVERY_MS);
      // The histogram accepts integers from 1: the unit is the microsecond.
      this.#seen.record(Math.max(1, Math.round(lateMs * 1000)));
      this.#last = now;
    }, EVERY_MS).unref();
  }
}
