import type { Caller, Runtime } from '@clarity-runtime/core';
import { lazyModule } from '@clarity-runtime/core/internal';
import type { AuditExportLoad, WorkerLoad, HttpLoad } from './metric.ts';
import { LoopDelay } from './loop-delay.ts';
import { readProcess } from './process-state.ts';

export interface MetricsSources {
  readonly runtime: Runtime;
  readonly edge: () => HttpLoad;
  readonly workers?: (() => WorkerLoad) | undefined;
  readonly auditExports?: (() => readonly AuditExportLoad[]) | undefined;
  readonly closing?: AbortSignal | undefined;
}

const loadExposition = lazyModule({ load: () => import('./exposition.ts'), has: 'exposition' });

/** The metrics of one runtime and its HTTP server. The text format is loaded with the first request. */
export class Metrics {
  readonly #sources: MetricsSources;
  readonly #loop = new LoopDelay();
  readonly #began = performance.now();

  constructor(sources: MetricsSources) {
    this.#sources = sources;
    const close = (): void => {
      this.#loop.close();
    };
    sources.runtime.on('runtime.closing', close);
    sources.closing?.addEventListener('abort', close, { once: true });
  }

  /** Returns the metrics in the text format of Prometheus. Rejects with GRANT_REQUIRED. */
  async text(caller: Caller): Promise<string> {
    const { runtime, edge, workers, auditExports } = this.#sources;
    const services = runtime.services.list(caller);
    const [{ exposition }, process] = await Promise.all([loadExposition(), readProcess(this.#loop.take())]);
    return exposition({
      instance: runtime.instance,
      uptimeSeconds: (performance.now() - this.#began) / 1000,
      services,
      measures: runtime.metrics(),
      storage: runtime.storage(),
      edge: edge(),
      process,
      workers: workers?.(),
      auditExports: auditExports?.() ?? [],
    });
  }
}
