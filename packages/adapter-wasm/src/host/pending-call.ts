import { ClarityError, RawJson } from '@clarity-runtime/core';
import type { WasmFailureCode, WasmReply } from '@clarity-runtime/core/ports';
import type { CallOrder, GuestCallOutcome } from '../worker/messages.ts';
import { deferred } from './deferred.ts';

export interface PendingCallOptions {
  readonly signal: AbortSignal;
  /** End of its waiting time, in milliseconds of `performance.now()`. */
  readonly waitsUntil: number;
  /** Called when its caller aborts. */
  cancelled(): void;
  /** Called once, when it is settled. */
  settled(): void;
}

/** One call from its request until it is settled, which happens once. */
export class PendingCall {
  readonly order: Omit<CallOrder, 'id'>;
  /** Number of the call in its worker; 0 before it is sent. */
  id = 0;
  /** Begin of its run, in milliseconds of `performance.now()`; undefined while it waits. */
  startedAt: number | undefined;
  /** Rejects when the caller aborts or the module is closed, never for a failure of the guest. */
  readonly reply: Promise<WasmReply>;
  readonly waitsUntil: number;
  readonly #settle = deferred<WasmReply>();
  readonly #options: PendingCallOptions | undefined;
  readonly #onAbort: () => void;
  #isSettled: boolean;

  /** Without options the call is settled: it only occupies its place until the worker has run it. */
  constructor(order: Omit<CallOrder, 'id'>, options?: PendingCallOptions) {
    this.order = order;
    this.reply = this.#settle.promise;
    this.waitsUntil = options?.waitsUntil ?? Infinity;
    this.#options = options;
    this.#isSettled = options === undefined;
    this.#onAbort = () => {
      this.reject(new ClarityError('CALL_CANCELLED', ''));
      options?.cancelled();
    };
    options?.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  answer(outcome: GuestCallOutcome): void {
    if (outcome.type === 'failure') this.fail(outcome.code, outcome.message);
    else if (this.#end()) this.#settle.resolve({ type: outcome.type, json: RawJson.fromText(outcome.json) });
  }

  fail(code: WasmFailureCode, message: string): void {
    if (this.#end()) this.#settle.resolve({ type: 'failure', code, message });
  }

  reject(reason: ClarityError): void {
    if (this.#end()) this.#settle.reject(reason);
  }

  #end(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    this.#options?.signal.removeEventListener('abort', this.#onAbort);
    this.#options?.settled();
    return true;
  }
}
