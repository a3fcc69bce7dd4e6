import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

/** How late timers fired, in seconds. */
export interface LoopDelays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const RESOLUTION_MS = 20;

/** Watches the event loop from the first time that somebody asks: a daemon that nobody watches sleeps undisturbed. */
export class LoopDelay {
  #histogram: IntervalHistogram | undefined;
  #isClosed = false;

  /** Since it was asked before; undefined at first, and when nothing was seen meanwhile. */
  take(): LoopDelays | undefined {
    if (this.#histogram === undefined) {
      if (!this.#isClosed) this.#begin();
      return undefined;
    }
    const seen = this.#histogram;
    const delays =
      seen.count === 0
        ? undefined
        : { p50: late(seen.percentile(50)), p99: late(seen.percentile(99)), max: late(seen.max) };
    seen.reset();
    return delays;
  }

  close(): void {
    this.#isClosed = true;
    this.#histogram?.disable();
  }

  #begin(): void {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
  }
}

/** What is recorded is the time between two timers. */
const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e9 - RESOLUTION_MS / 1000);
