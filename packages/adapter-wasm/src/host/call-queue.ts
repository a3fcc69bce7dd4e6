import type { ClarityError } from '@clarity-runtime/core';
import type { WasmFailureCode } from '@clarity-runtime/core/ports';
import type { CallOrder, GuestCallOutcome } from '../worker/messages.ts';
import { PendingCall } from './pending-call.ts';

/** Maximum calls that a worker has at once: enough to keep it busy without this thread. */
const SENT_AT_ONCE = 32;
/** Above this number the worker is busy enough, so further calls are sent in one message. */
const SENT_AT_LEAST = 16;

/** The calls of one module in order: the calls of its worker, of which the first one runs, and the waiting calls. */
export class CallQueue {
  readonly #limit: number;
  readonly #waitMs: number;
  readonly #waiting: PendingCall[] = [];
  #sent: PendingCall[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(limit: number, waitMs: number) {
    this.#limit = limit;
    this.#waitMs = waitMs;
  }

  /** The running call. */
  get head(): PendingCall | undefined {
    return this.#sent[0];
  }

  get isEmpty(): boolean {
    return this.#sent.length === 0 && this.#waiting.length === 0;
  }

  /** Adds a call. Returns undefined when the queue is full. */
  add(order: Omit<CallOrder, 'id'>, signal: AbortSignal, cancelled: () => void): PendingCall | undefined {
    if (this.#sent.length + this.#waiting.length >= this.#limit) return undefined;
    this.#lastId += 1;
    const call = new PendingCall(
      { ...order, id: this.#lastId },
      {
        signal,
        waitsUntil: performance.now() + this.#waitMs,
        cancelled: () => {
          this.#forgetSettled();
          cancelled();
        },
      },
    );
    this.#waiting.push(call);
    this.#watch();
    return call;
  }

  /** Returns the calls to send to the worker next. */
  send(): readonly PendingCall[] {
    const next: PendingCall[] = [];
    if (this.#sent.length > SENT_AT_LEAST) return next;
    while (this.#sent.length < SENT_AT_ONCE) {
      const call = this.#waiting.shift();
      if (call === undefined) break;
      this.#sent.push(call);
      next.push(call);
    }
    return next;
  }

  /** Settles a call by id. A long reply can arrive after later, short ones. */
  answer(id: number, outcome: GuestCallOutcome): void {
    const at = this.#sent.findIndex(({ order }) => order.id === id);
    if (at >= 0) this.#sent.splice(at, 1)[0]?.answer(outcome);
  }

  /** Fails the running call, which ended its worker. The calls behind it wait for the next worker. */
  failHead(code: WasmFailureCode, message: string): void {
    this.#sent.shift()?.fail(code, message);
    this.#waiting.unshift(...this.#sent.filter(({ isSettled }) => !isSettled));
    this.#sent = [];
  }

  rejectAll(reason: ClarityError): void {
    clearTimeout(this.#timer);
    for (const call of [...this.#sent, ...this.#waiting.splice(0)]) call.reject(reason);
    this.#sent = [];
  }

  /** Rejects calls whose waiting time is over. */
  #watch(): void {
    if (this.#timer !== undefined) return;
    const first = [...this.#sent.slice(1), ...this.#waiting].find(({ isSettled }) => !isSettled);
    if (first === undefined) return;
    const ms = Math.max(1, first.waitsUntil - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#expire();
      this.#watch();
    }, ms).unref();
  }

  #expire(): void {
    const now = performance.now();
    for (const call of [...this.#sent.slice(1), ...this.#waiting]) {
      if (call.waitsUntil <= now) call.fail('WASM_BUSY', 'it waited too long for its turn');
    }
    this.#forgetSettled();
  }

  #forgetSettled(): void {
    const left = this.#waiting.filter(({ isSettled }) => !isSettled);
    this.#waiting.splice(0, this.#waiting.length, ...left);
  }
}
