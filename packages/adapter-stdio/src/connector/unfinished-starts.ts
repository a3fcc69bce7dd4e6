import { systemClock } from '@clarity-runtime/core';
import type { ProcessConnection } from './process-connection.ts';

interface UnfinishedStart {
  readonly over: Promise<void>;
  readonly end: () => void;
}

/** Milliseconds between two signs of life of an installation that a start waits for. */
const BEAT_MS = 1_000;

/**
 * Package runners whose start exceeded its limit. Each may finish its installation, because an interrupted download can
 * damage the cache of the package manager; the next start of the service waits for it.
 */
export class UnfinishedStarts {
  readonly #starts = new Map<string, UnfinishedStart>();

  /** Closes the connection when its process responds or ends, at the latest after `maxMs`. */
  add(serviceId: string, connection: ProcessConnection, maxMs: number): void {
    const ended = new AbortController();
    const finish = async (): Promise<void> => {
      await Promise.race([connection.responds, systemClock.after(maxMs, ended.signal)]);
      ended.abort();
      await connection.close('the start exceeded its limit');
    };
    const start: UnfinishedStart = {
      over: finish().finally(() => {
        if (this.#starts.get(serviceId) === start) this.#starts.delete(serviceId);
      }),
      end: () => {
        ended.abort();
      },
    };
    this.#starts.set(serviceId, start);
  }

  /** Resolves when the service has no unfinished start, or when the signal aborts. */
  async wait(serviceId: string, signal: AbortSignal, alive: () => void): Promise<void> {
    for (;;) {
      const start = this.#starts.get(serviceId);
      if (start === undefined || signal.aborted) return;
      alive();
      await Promise.race([start.over, systemClock.after(BEAT_MS, signal)]);
    }
  }

  /** Ends the unfinished start of a service now. */
  async end(serviceId: string): Promise<void> {
    const start = this.#starts.get(serviceId);
    start?.end();
    await start?.over;
  }
}
