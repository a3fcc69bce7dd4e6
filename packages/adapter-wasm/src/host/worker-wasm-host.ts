import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { EngineProgram, WasmHost, WasmModule, WasmModuleSpec } from '@clarity-runtime/core/ports';
import { disableDynamicTiering } from './keep-loops-endable.ts';
import { Lane } from './lane.ts';
import type { LaneModule } from './lane-module.ts';
import { MAX_LOADS, ModuleLoader } from './module-loader.ts';
import { closed, ModuleRunner } from './module-runner.ts';
import { WorkerPool, type PoolStats } from './worker-pool.ts';
import { planFunctions } from '../marshalling/callable-functions.ts';
import type { LoadedGuest } from '../worker/messages.ts';

/** Settings of `WorkerWasmHost`. */
export interface WorkerWasmHostOptions {
  /** Maximum number of worker threads. Default: 32. */
  readonly maxWorkers?: number;
  /** Number of worker threads that modules share. Default: the number of processors, at most 4. */
  readonly sharedWorkers?: number;
  /** Maximum number of running and waiting calls of one module. Default: 256. */
  readonly queueLimit?: number;
  /** Maximum waiting time of a call in milliseconds. Default: 10,000. */
  readonly queueWaitMs?: number;
  /** Time in milliseconds after which an idle worker is ended. Default: 300,000. */
  readonly idleMs?: number;
  /** Maximum loading time of a module in milliseconds. Default: 10,000. */
  readonly loadMs?: number;
  /** Replaces the built worker entry. */
  readonly startThread?: () => Worker;
}

const MAX_SHARED = 4;

/**
 * Runs modules on a few worker threads that they share. A module whose call runs long beside calls of other modules, or
 * ended its worker, gets a worker of its own until that worker was idle.
 */
export class WorkerWasmHost implements WasmHost {
  readonly #options: { queueLimit: number; queueWaitMs: number; idleMs: number };
  readonly #pool: WorkerPool;
  readonly #loader: ModuleLoader;
  readonly #modules = new Map<number, LaneModule>();
  readonly #runners = new Map<number, ModuleRunner>();
  readonly #shared: readonly Lane[];
  /** Lanes of single modules by key, in the order of their begin. */
  readonly #apart = new Map<number, Lane>();
  readonly #maxApart: number;
  #lastKey = 0;

  constructor(options: WorkerWasmHostOptions = {}) {
    disableDynamicTiering();
    const { maxWorkers = 32, startThread } = options;
    const { queueLimit = 256, queueWaitMs = 10_000, idleMs = 300_000, loadMs = 10_000 } = options;
    const { sharedWorkers = Math.min(availableParallelism(), MAX_SHARED) } = options;
    this.#options = { queueLimit, queueWaitMs, idleMs };
    this.#pool = new WorkerPool({ maxWorkers, ...(startThread === undefined ? {} : { startThread }) });
    this.#loader = new ModuleLoader(this.#pool, loadMs);
    const shared = Math.max(1, Math.min(sharedWorkers, maxWorkers));
    this.#shared = Array.from({ length: shared }, () => this.#lane(() => undefined, true));
    this.#maxApart = Math.max(0, maxWorkers - shared - MAX_LOADS);
  }

  get stats(): PoolStats {
    return this.#pool.stats;
  }

  async load(spec: WasmModuleSpec, signal: AbortSignal): Promise<WasmModule> {
    this.#lastKey += 1;
    const key = this.#lastKey;
    const guest = await this.#loader.load(key, spec, signal);
    const { functions, leftOut } = offered(guest);
    const runner = new ModuleRunner({
      ...this.#options,
      key,
      functions,
      leftOut,
      deadlineMs: spec.limits.deadlineMs,
      lane: () => this.#laneOf(key),
      closed: () => this.#close(key),
    });
    this.#runners.set(key, runner);
    this.#modules.set(key, {
      guest,
      log: (lines) => {
        for (const line of lines) spec.onLog(line);
      },
      failed: () => void runner.close(),
    });
    return runner;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#runners.values()].map((runner) => runner.close()));
    await Promise.all([...this.#shared, ...this.#apart.values()].map((lane) => lane.close(closed())));
    await this.#pool.close();
  }

  #laneOf(key: number): Lane {
    const lane = this.#apart.get(key) ?? this.#shared[key % this.#shared.length];
    if (lane === undefined) throw new Error('a host has shared lanes');
    return lane;
  }

  async #close(key: number): Promise<void> {
    this.#modules.delete(key);
    this.#runners.delete(key);
    const apart = this.#apart.get(key);
    this.#apart.delete(key);
    if (apart === undefined) this.#laneOf(key).forget(key, closed());
    else await apart.close(closed());
  }

  #lane(rested: () => void, isShared: boolean): Lane {
    return new Lane({
      pool: this.#pool,
      idleMs: this.#options.idleMs,
      find: (key) => this.#modules.get(key),
      ended: (key) => {
        if (isShared) this.#move(key);
      },
      separate: (key) => (isShared ? this.#placeApart(key) : undefined),
      rested,
    });
  }

  /** Moves a module with its waiting calls to a lane apart, if a place is free. */
  #move(key: number): void {
    const waiting = this.#laneOf(key).removeWaiting(key);
    const lane = this.#placeApart(key) ?? this.#laneOf(key);
    if (waiting.length > 0) lane.add(...waiting);
  }

  #placeApart(key: number): Lane | undefined {
    if (!this.#modules.has(key)) return undefined;
    if (this.#apart.size >= this.#maxApart && !this.#endIdleLane()) return undefined;
    const lane = this.#lane(() => {
      // The module continues on a shared worker.
      if (this.#apart.get(key) === lane) this.#apart.delete(key);
    }, false);
    this.#apart.set(key, lane);
    return lane;
  }

  #endIdleLane(): boolean {
    const idle = [...this.#apart].find(([, lane]) => lane.isIdle);
    if (idle === undefined) return false;
    this.#apart.delete(idle[0]);
    void idle[1].rest();
    return true;
  }
}

/** @throws ClarityError INTERFACE_MISMATCH when the functions cannot be described. */
function offered(guest: LoadedGuest): Pick<EngineProgram, 'functions' | 'leftOut'> {
  if (guest.type === 'program') return guest.program;
  const { document, leftOut = [] } = guest.plan;
  try {
    return { functions: planFunctions(document), leftOut };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'its functions cannot be described';
    throw new ClarityError('INTERFACE_MISMATCH', toPrintableAscii(reason));
  }
}
