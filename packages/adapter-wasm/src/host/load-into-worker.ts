import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import type { WasmModuleSpec } from '@clarity-runtime/core/ports';
import type { LoadedGuest, WorkerReport } from '../worker/messages.ts';
import { deferred } from './deferred.ts';
import type { GuestWorker } from './guest-worker.ts';

export interface LoadOptions {
  readonly key: number;
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
  /** Whether the module consists of tests, which may assert. */
  readonly tests?: boolean;
}

/** Milliseconds that a start function may take. */
const START_MS = 2_000;

/**
 * Checks and compiles a module in a worker within `deadlineMs`, then runs its start function for at most 2 s. @throws ClarityError when the module is
 * rejected; the worker is ended then.
 */
export async function loadIntoWorker(
  worker: GuestWorker,
  spec: WasmModuleSpec,
  { key, signal, deadlineMs, tests = false }: LoadOptions,
): Promise<LoadedGuest> {
  const loaded = deferred<LoadedGuest>();
  const cancel = (): void => {
    loaded.reject(new ClarityError('CALL_CANCELLED', ''));
  };
  const within = (ms: number, step: string): NodeJS.Timeout =>
    setTimeout(() => {
      loaded.reject(new ClarityError('WASM_DEADLINE', `${step} within ${String(ms)} ms`));
    }, ms);
  let timer = within(deadlineMs, 'the module did not load');
  signal.addEventListener('abort', cancel, { once: true });
  worker.listen({
    report: (report) => {
      if (report.type === 'compiled') {
        clearTimeout(timer);
        timer = within(Math.min(deadlineMs, START_MS), 'the start function of the module did not end');
      }
      if (report.type === 'loaded') loaded.resolve(report.guest);
      if (report.type === 'refused') loaded.reject(refusal(report));
    },
    died: (death) => {
      const why = death === 'memory' ? 'loading it takes more memory than there is' : 'its worker ended';
      loaded.reject(new ClarityError('MODULE_INVALID', why));
    },
  });
  try {
    if (signal.aborted) cancel();
    else send(worker, key, spec, tests);
    return await loaded.promise;
  } catch (error) {
    await worker.end();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

function send(
  worker: GuestWorker,
  key: number,
  { wasm, document, limits, program }: WasmModuleSpec,
  tests: boolean,
): void {
  const copy = new Uint8Array(wasm);
  const { maxMemoryBytes, maxResultBytes } = limits;
  const own = { wasm: copy, document, limits: { maxMemoryBytes, maxResultBytes }, tests };
  const order = program === undefined ? own : { ...own, program };
  worker.send({ type: 'load', key, ...order }, [copy.buffer]);
}

const MAX_REASON_LENGTH = 2_000;

const refusal = ({ code, reason }: Extract<WorkerReport, { type: 'refused' }>): ClarityError =>
  new ClarityError(code, toPrintableAscii(reason, MAX_REASON_LENGTH));
