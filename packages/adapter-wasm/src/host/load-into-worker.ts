import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { WasmModuleSpec } from '@clarity-runtime/core/ports';
import type { ModulePlan, WorkerReport } from '../worker/messages.ts';
import { deferred } from './deferred.ts';
import type { GuestWorker } from './guest-worker.ts';

export interface LoadedModule {
  readonly module: WebAssembly.Module;
  readonly plan: ModulePlan;
}

export interface LoadOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** Whether the module consists of tests, which may assert. */
  readonly tests?: boolean;
}

/**
 * Checks, compiles and instantiates a module in a worker within `deadlineMs`. @throws ClarityError when the module is
 * rejected; the worker is ended then.
 */
export async function loadIntoWorker(
  worker: GuestWorker,
  spec: WasmModuleSpec,
  { signal, deadlineMs, tests = false }: LoadOptions,
): Promise<LoadedModule> {
  const loaded = deferred<LoadedModule>();
  const cancel = (): void => {
    loaded.reject(new ClarityError('CALL_CANCELLED', ''));
  };
  const timer = setTimeout(() => {
    loaded.reject(new ClarityError('WASM_DEADLINE', `the module did not load within ${String(deadlineMs)} ms`));
  }, deadlineMs);
  signal.addEventListener('abort', cancel, { once: true });
  worker.listen({
    report: (report) => {
      if (report.type === 'loaded') loaded.resolve(report);
      if (report.type === 'refused') loaded.reject(refusal(report));
    },
    died: (death) => {
      const why = death === 'memory' ? 'loading it takes more memory than there is' : 'its worker ended';
      loaded.reject(new ClarityError('MODULE_INVALID', why));
    },
  });
  try {
    if (signal.aborted) cancel();
    else send(worker, spec, tests);
    return await loaded.promise;
  } catch (error) {
    await worker.end();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

function send(worker: GuestWorker, { wasm, document, limits }: WasmModuleSpec, tests: boolean): void {
  const copy = new Uint8Array(wasm);
  const { maxMemoryBytes, maxResultBytes } = limits;
  worker.send({ type: 'load', wasm: copy, document, limits: { maxMemoryBytes, maxResultBytes }, tests }, [copy.buffer]);
}

const MAX_REASON_LENGTH = 2_000;

const refusal = ({ code, reason }: Extract<WorkerReport, { type: 'refused' }>): ClarityError =>
  new ClarityError(code, toPrintableAscii(reason, MAX_REASON_LENGTH));
