import type { WasmModuleSpec } from '@clarity-runtime/core/ports';
import { ClarityError } from '@clarity-runtime/core';
import { deferred, type Deferred } from './deferred.ts';
import type { GuestWorker } from './guest-worker.ts';
import { loadIntoWorker } from './load-into-worker.ts';
import type { LoadedGuest } from '../worker/messages.ts';
import type { WorkerPool } from './worker-pool.ts';

/** Maximum number of modules that are loaded at once, so that a start function that does not end delays few others. */
export const MAX_LOADS = 4;

/** Loads modules on workers that run no calls. Loads in a row share a worker. */
export class ModuleLoader {
  readonly #pool: WorkerPool;
  readonly #deadlineMs: number;
  /** Loads that wait for the worker of another one; undefined instead of a worker that has ended. */
  readonly #waiting: Deferred<GuestWorker | undefined>[] = [];
  #running = 0;

  constructor(pool: WorkerPool, deadlineMs: number) {
    this.#pool = pool;
    this.#deadlineMs = deadlineMs;
  }

  /** @throws ClarityError when the module is rejected, or the caller aborts. */
  async load(key: number, spec: WasmModuleSpec, signal: AbortSignal): Promise<LoadedGuest> {
    let worker = await this.#enter(signal);
    try {
      worker ??= await this.#pool.acquire({ signal, isBrief: true });
      const loaded = await loadIntoWorker(worker, spec, { key, signal, deadlineMs: this.#deadlineMs });
      worker.send({ type: 'forget', key });
      return loaded;
    } catch (error) {
      // `loadIntoWorker` has ended it.
      worker = undefined;
      throw error;
    } finally {
      this.#leave(worker);
    }
  }

  /** Waits for a place. Returns the worker of the load before, if it has one. */
  async #enter(signal: AbortSignal): Promise<GuestWorker | undefined> {
    if (this.#running < MAX_LOADS) {
      this.#running += 1;
      return undefined;
    }
    const place = deferred<GuestWorker | undefined>();
    const giveUp = (): void => {
      const at = this.#waiting.indexOf(place);
      if (at >= 0) this.#waiting.splice(at, 1);
      place.reject(new ClarityError('CALL_CANCELLED', ''));
    };
    this.#waiting.push(place);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      if (signal.aborted) giveUp();
      return await place.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #leave(worker: GuestWorker | undefined): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.resolve(worker);
      return;
    }
    this.#running -= 1;
    if (worker !== undefined) this.#pool.giveBack(worker);
  }
}
