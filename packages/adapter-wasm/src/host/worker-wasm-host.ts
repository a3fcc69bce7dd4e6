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
  /** Maximum number of worker threads. Default: 32. */
  readonly maxWorkers?: number;
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

/** Runs each module on a separate worker thread, which is ended when a call does not end. */
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
