import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** How late timers fired, in seconds. */
export interface LoopDelays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

const EVERY_MS = 20;

/**
 * Watches the event loop from the first time that somebody asks: a daemon that nobody watches sleeps undisturbed. The
 * watch of Node.js itself (`monitorEventLoopDelay`) misses what is under way while it is reset.
 */
export class LoopDelay {
  readonly #seen: RecordableHistogram = createHistogram();
  #timer: NodeJS.Timeout | undefined;
  #last = 0;
  #isClosed = false;

  /** Since it was asked before; undefined at first, and when no timer has fired meanwhile. */
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
      // In microseconds, at least one: that is what the histogram takes.
      this.#seen.record(Math.max(1, Math.round(lateMs * 1000)));
      this.#last = now;
    }, EVERY_MS).unref();
  }
}
