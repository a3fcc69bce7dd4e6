import { ClarityError, type RawJson } from '@clarity-runtime/core';
import type { WasmFunction, WasmModule, WasmReply } from '@clarity-runtime/core/ports';
import type { Lane } from './lane.ts';
import { PendingCall } from './pending-call.ts';

export interface RunnerDependencies {
  readonly key: number;
  readonly functions: readonly WasmFunction[];
  readonly leftOut: NonNullable<WasmModule['leftOut']>;
  readonly deadlineMs: number;
  readonly queueLimit: number;
  readonly queueWaitMs: number;
  /** Returns the lane of the module, which changes when the module is placed apart. */
  lane(): Lane;
  closed(): Promise<void>;
}

/** One loaded module. Its calls run in order. */
export class ModuleRunner implements WasmModule {
  readonly functions: readonly WasmFunction[];
  readonly leftOut: NonNullable<WasmModule['leftOut']>;
  readonly #parts: RunnerDependencies;
  readonly #names: ReadonlySet<string>;
  #open = 0;
  #isClosed = false;

  constructor(parts: RunnerDependencies) {
    this.#parts = parts;
    this.functions = parts.functions;
    this.leftOut = parts.leftOut;
    this.#names = new Set(parts.functions.map(({ name }) => name));
  }

  async call(
    name: string,
    args: RawJson,
    { signal, deadlineMs = this.#parts.deadlineMs }: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<WasmReply> {
    if (this.#isClosed) throw closed();
    if (signal.aborted) throw new ClarityError('CALL_CANCELLED', '');
    if (!this.#names.has(name)) {
      return { type: 'failure', code: 'ARGUMENTS_INVALID', message: 'the module has no such function' };
    }
    const { key, queueLimit, queueWaitMs } = this.#parts;
    if (this.#open >= queueLimit) {
      return { type: 'failure', code: 'WASM_BUSY', message: `${String(queueLimit)} calls are waiting` };
    }
    this.#open += 1;
    const call = new PendingCall(
      { key, name, args: args.text, deadlineMs },
      {
        signal,
        waitsUntil: performance.now() + queueWaitMs,
        cancelled: () => {
          this.#parts.lane().cancelled();
        },
        settled: () => {
          this.#open -= 1;
        },
      },
    );
    this.#parts.lane().add(call);
    return call.reply;
  }

  /** Rejects all calls and every later one. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#parts.closed();
  }
}

export const closed = (): ClarityError => new ClarityError('SERVICE_STOPPED', 'the module was closed');
