import type { Worker } from 'node:worker_threads';
import { ClarityError, isClarityError } from '@clarity-runtime/core';
import { deferred, type Deferred } from './deferred.ts';
import { bootFailure, GuestWorker, startThread } from './guest-worker.ts';

export interface PoolOptions {
  /** Maximum number of threads, the spare thread included. */
  readonly maxWorkers: number;
  readonly startThread?: () => Worker;
}

/** Numbers of the workers of a host. */
export interface PoolStats {
  readonly live: number;
  /** Threads that have not ended on request. */
  readonly wedged: number;
  /** Modules that wait for a thread. */
  readonly waiting: number;
}

export interface AcquireOptions {
  readonly signal?: AbortSignal;
  /** The worker is given back soon, so that no spare one is started. */
  readonly isBrief?: boolean;
}

/**
 * The worker threads of a host: a bounded number, and one spare thread that starts in advance. At the maximum, the
 * thread with the longest idle time is evicted.
 */
export class WorkerPool {
  readonly #maxWorkers: number;
  readonly #start: () => Worker;
  readonly #live = new Set<GuestWorker>();
  /** Idle workers, longest idle first, each with the callback that takes it from its module. */
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

  /**
   * Returns a worker that accepts orders. Rejects when no thread can be started, or when the caller aborts while all
   * are busy. A start that fails for want of a descriptor or memory is repeated once: the spare thread may have failed long ago.
   */
  async acquire(options: AcquireOptions = {}): Promise<GuestWorker> {
    try {
      return await this.#acquire(options);
    } catch (error) {
      if (!isClarityError(error) || error.code !== 'RESOURCE_EXHAUSTED') throw error;
      return await this.#acquire(options);
    }
  }

  async #acquire({ signal, isBrief = false }: AcquireOptions): Promise<GuestWorker> {
    while (this.#spare === undefined && this.#live.size >= this.#maxWorkers) await this.#room(signal);
    if (this.#isClosed) throw closed();
    const worker = this.#spare ?? this.#spawn();
    this.#spare = undefined;
    worker.hold();
    try {
      await worker.ready;
    } finally {
      if (!isBrief) this.#bootSpare();
    }
    return worker;
  }

  /** Takes back a worker without modules. It is the next spare one, unless there is one. */
  giveBack(worker: GuestWorker): void {
    worker.release();
    if (this.#isClosed || this.#spare !== undefined || worker.isGone) {
      void worker.end();
      return;
    }
    this.#spare = worker;
    worker.listen({ report: () => undefined, died: () => undefined });
    this.#waiting.shift()?.resolve(undefined);
  }

  /** Marks a worker as idle. `evict` is called when its place is needed. */
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
      // The machine has no more threads, so the pool runs without a spare one.
    }
  }

  #startThread(): Worker {
    try {
      return this.#start();
    } catch (error) {
      throw bootFailure(error);
    }
  }

  #spawn(): GuestWorker {
    const worker = new GuestWorker(this.#startThread());
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
