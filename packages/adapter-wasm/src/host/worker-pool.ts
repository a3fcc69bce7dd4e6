import type { Worker } from 'node:worker_threads';
import { ClarityError } from '@clarity-runtime/core';
import { deferred, type Deferred } from './deferred.ts';
import { GuestWorker, startThread } from './guest-worker.ts';

export interface PoolOptions {
  /** Threads that may live at once, the spare one among them. */
  readonly maxWorkers: number;
  readonly startThread?: () => Worker;
}

export interface PoolStats {
  readonly live: number;
  /** Threads that were told to end and have not. */
  readonly wedged: number;
  /** Modules that wait for a thread. */
  readonly waiting: number;
}

/**
 * All worker threads of a host: at most so many at once, and one that is booted before anybody asks. When there are too
 * many, the one that has been idle longest makes way.
 */
export class WorkerPool {
  readonly #maxWorkers: number;
  readonly #start: () => Worker;
  readonly #live = new Set<GuestWorker>();
  /** Idle workers, the longest idle first, and how each is taken from its module. */
  readonly #idle = new Map<GuestWorker, () => void>();
  readonly #waiting: Deferred<undefined>[] = [];
  #spare: GuestWorker | undefined;
  #isClosed = false;

  constructor({ maxWorkers, startThread: start = startThread }: PoolOptions) {
    this.#maxWorkers = maxWorkers;
    this.#start = start;
  }

  get stats(): PoolStats {
    const wedged = [...this.#live].filter(({ isWedged }) => isWedged).length;
    return { live: this.#live.size, wedged, waiting: this.#waiting.length };
  }

  /** A worker that takes orders. Rejects when none can be started, and when the caller gives up while all are busy. */
  async acquire(signal?: AbortSignal): Promise<GuestWorker> {
    while (this.#spare === undefined && this.#live.size >= this.#maxWorkers) await this.#room(signal);
    if (this.#isClosed) throw closed();
    const worker = this.#spare ?? this.#spawn();
    this.#spare = undefined;
    worker.hold();
    try {
      await worker.ready;
    } finally {
      this.#bootSpare();
    }
    return worker;
  }

  /** The worker has nothing to do; `evict` is called when its place is needed. */
  idle(worker: GuestWorker, evict: () => void): void {
    worker.release();
    this.#idle.set(worker, evict);
    if (this.#waiting.length > 0) this.#evictOne();
  }

  busy(worker: GuestWorker): void {
    worker.hold();
    this.#idle.delete(worker);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const waiter of this.#waiting.splice(0)) waiter.reject(closed());
    await Promise.all([...this.#live].map((worker) => worker.end()));
  }

  async #room(signal?: AbortSignal): Promise<void> {
    if (this.#isClosed) throw closed();
    const waiter = deferred<undefined>();
    const giveUp = (): void => {
      const place = this.#waiting.indexOf(waiter);
      if (place >= 0) this.#waiting.splice(place, 1);
      waiter.reject(new ClarityError('CALL_CANCELLED', ''));
    };
    this.#waiting.push(waiter);
    signal?.addEventListener('abort', giveUp, { once: true });
    this.#evictOne();
    try {
      if (signal?.aborted === true) giveUp();
      await waiter.promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  #evictOne(): void {
    for (const [worker, evict] of this.#idle) {
      this.#idle.delete(worker);
      evict();
      return;
    }
  }

  #bootSpare(): void {
    if (this.#isClosed || this.#spare !== undefined || this.#live.size >= this.#maxWorkers) return;
    try {
      this.#spare = this.#spawn();
      this.#spare.release();
    } catch {
      // The machine gives no more threads: there is none to spare.
    }
  }

  #spawn(): GuestWorker {
    const worker = new GuestWorker(this.#start());
    this.#live.add(worker);
    void worker.gone.then(() => {
      this.#live.delete(worker);
      this.#idle.delete(worker);
      if (this.#spare === worker) this.#spare = undefined;
      this.#waiting.shift()?.resolve(undefined);
    });
    return worker;
  }
}

const closed = (): ClarityError => new ClarityError('SERVICE_STOPPED', 'the WASM host is closed');
