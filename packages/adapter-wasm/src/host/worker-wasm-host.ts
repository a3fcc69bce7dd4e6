import type { Worker } from 'node:worker_threads';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { WasmFunction, WasmHost, WasmModule, WasmModuleSpec } from '@clarity-runtime/core/ports';
import { disableDynamicTiering } from './keep-loops-endable.ts';
import { loadIntoWorker } from './load-into-worker.ts';
import { ModuleRunner } from './module-runner.ts';
import { WorkerPool, type PoolStats } from './worker-pool.ts';
import { planFunctions } from '../marshalling/callable-functions.ts';
import type { ModulePlan } from '../worker/messages.ts';

export interface WorkerWasmHostOptions {
  /** Worker threads that may live at once: 32. */
  readonly maxWorkers?: number;
  /** Calls of one module that may be under way or wait: 256. */
  readonly queueLimit?: number;
  /** How long a call may wait for its turn, in milliseconds: 10,000. */
  readonly queueWaitMs?: number;
  /** How long a worker without calls is kept, in milliseconds: 300,000. */
  readonly idleMs?: number;
  /** How long a module may take to load, in milliseconds: 10,000. */
  readonly loadMs?: number;
  /** In place of the built worker entry. */
  readonly startThread?: () => Worker;
}

/** Runs each module on a worker thread of its own, which is ended when a call does not end by itself. */
export class WorkerWasmHost implements WasmHost {
  readonly #options: Required<Omit<WorkerWasmHostOptions, 'startThread' | 'maxWorkers'>>;
  readonly #pool: WorkerPool;
  readonly #runners = new Set<ModuleRunner>();

  constructor(options: WorkerWasmHostOptions = {}) {
    disableDynamicTiering();
    const { maxWorkers = 32, startThread } = options;
    const { queueLimit = 256, queueWaitMs = 10_000, idleMs = 300_000, loadMs = 10_000 } = options;
    this.#options = { queueLimit, queueWaitMs, idleMs, loadMs };
    this.#pool = new WorkerPool({ maxWorkers, ...(startThread === undefined ? {} : { startThread }) });
  }

  get stats(): PoolStats {
    return this.#pool.stats;
  }

  async load(spec: WasmModuleSpec, signal: AbortSignal): Promise<WasmModule> {
    const worker = await this.#pool.acquire(signal);
    const { module, plan } = await loadIntoWorker(worker, spec, { signal, deadlineMs: this.#options.loadMs });
    const functions = planned(plan);
    if (functions instanceof ClarityError) {
      await worker.end();
      throw functions;
    }
    const runner = new ModuleRunner(
      {
        ...this.#options,
        pool: this.#pool,
        module,
        plan,
        functions,
        deadlineMs: spec.limits.deadlineMs,
        log: (lines) => {
          for (const line of lines) spec.onLog(line);
        },
        closed: () => this.#runners.delete(runner),
      },
      worker,
    );
    this.#runners.add(runner);
    return runner;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#runners].map((runner) => runner.close()));
    await this.#pool.close();
  }
}

function planned({ document }: ModulePlan): readonly WasmFunction[] | ClarityError {
  try {
    return planFunctions(document);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'its functions cannot be described';
    return new ClarityError('INTERFACE_MISMATCH', toPrintableAscii(reason));
  }
}
