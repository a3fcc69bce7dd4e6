import { ClarityError, RawJson } from '@clarity-runtime/core';
import type { WasmFailureCode, WasmReply } from '@clarity-runtime/core/ports';
import type { CallOrder, GuestCallOutcome } from '../worker/messages.ts';
import { deferred } from './deferred.ts';

/** One call from its request until it is settled, which happens once. */
export class PendingCall {
  readonly order: CallOrder;
  /** Rejects when the caller aborts or the module is closed, never for a failure of the guest. */
  readonly reply: Promise<WasmReply>;
  /** End of its waiting time, in milliseconds of `performance.now()`. */
  readonly waitsUntil: number;
  readonly #settle = deferred<WasmReply>();
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;
  #isSettled = false;

  constructor(order: CallOrder, options: { signal: AbortSignal; waitsUntil: number; cancelled: () => void }) {
    this.order = order;
    this.reply = this.#settle.promise;
    this.waitsUntil = options.waitsUntil;
    this.#signal = options.signal;
    this.#onAbort = () => {
      this.reject(new ClarityError('CALL_CANCELLED', ''));
      options.cancelled();
    };
    this.#signal.addEventListener('abort', this.#onAbort, { once: true });
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
    this.#signal.removeEventListener('abort', this.#onAbort);
    return true;
  }
}
