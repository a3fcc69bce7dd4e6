import type { ClarityError } from '@clarity-runtime/core';
import type { WasmFailureCode } from '@clarity-runtime/core/ports';
import type { GuestCallOutcome } from '../worker/messages.ts';
import { PendingCall } from './pending-call.ts';

/** Maximum calls that a worker has at once: enough to keep it busy without this thread. */
const SENT_AT_ONCE = 32;
/** Above this number the worker is busy enough, so further calls are sent in one message. */
const SENT_AT_LEAST = 16;
/** Milliseconds that calls wait behind a call of another module that no other worker can take over. */
const STARVED_MS = 1_000;

/** Calls that move to another worker. */
export interface MovedCalls {
  /** The calls that the worker has, in order. */
  readonly sent: readonly PendingCall[];
  readonly waiting: readonly PendingCall[];
}

/** The calls of one lane in order: the calls of its worker, of which the first one runs, and the waiting calls. */
export class CallQueue {
  #waiting: PendingCall[] = [];
  #sent: PendingCall[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** The running call. */
  get head(): PendingCall | undefined {
    return this.#sent[0];
  }

  get isEmpty(): boolean {
    return this.#sent.length === 0 && this.#waiting.length === 0;
  }

  /** Whether calls of another module than the running one wait. */
  get delaysOthers(): boolean {
    const key = this.head?.order.key;
    return [...this.#sent, ...this.#waiting].some((call) => call.order.key !== key && !call.isSettled);
  }

  add(...calls: readonly PendingCall[]): void {
    this.#waiting.push(...calls);
    this.#watch();
  }

  /** Adds calls with their worker, which already has the sent ones. */
  take({ sent, waiting }: MovedCalls): void {
    this.#sent.push(...sent);
    this.add(...waiting);
  }

  /** Returns the calls to send to the worker next, numbered by it. */
  send(nextId: () => number): readonly PendingCall[] {
    const next: PendingCall[] = [];
    if (this.#sent.length > SENT_AT_LEAST) return next;
    while (this.#sent.length < SENT_AT_ONCE) {
      const call = this.#waiting.shift();
      if (call === undefined) break;
      if (call.isSettled) continue;
      call.id = nextId();
      this.#sent.push(call);
      next.push(call);
    }
    return next;
  }

  /** Settles a call by id. A long reply can arrive after later, short ones. */
  answer(id: number, outcome: GuestCallOutcome): void {
    const at = this.#sent.findIndex((call) => call.id === id);
    if (at >= 0) this.#sent.splice(at, 1)[0]?.answer(outcome);
  }

  /** Fails the running call, which ended its worker. The calls behind it wait for the next worker. */
  failHead(code: WasmFailureCode, message: string): void {
    this.#sent.shift()?.fail(code, message);
    this.#waiting.unshift(...this.#sent.filter(({ isSettled }) => !isSettled));
    for (const call of this.#waiting) call.startedAt = undefined;
    this.#sent = [];
  }

  /** Removes and returns the waiting calls of one module. */
  removeWaiting(key: number): readonly PendingCall[] {
    const removed = this.#waiting.filter(({ order }) => order.key === key);
    this.#waiting = this.#waiting.filter(({ order }) => order.key !== key);
    return removed;
  }

  /**
   * Removes the running call with all calls of its module; the calls of other modules wait for another worker. The
   * worker may have begun one of those, so settled calls keep their places behind the running one.
   */
  splitHead(): MovedCalls {
    const key = this.head?.order.key;
    const sent = this.#sent.map((call) => (call.order.key === key ? call : placeOf(call)));
    const others = this.#sent.filter((call) => call.order.key !== key && !call.isSettled);
    for (const call of others) call.startedAt = undefined;
    this.#sent = [];
    this.#waiting.unshift(...others);
    const waiting = key === undefined ? [] : this.removeWaiting(key);
    return { sent, waiting };
  }

  /**
   * Fails the calls of other modules behind a running call that has had a second and may take another one: the caller can
   * repeat its call, and learns now that no worker is free.
   */
  refuseStarved(): void {
    const { head } = this;
    if (head?.startedAt === undefined) return;
    const ranMs = performance.now() - head.startedAt;
    if (ranMs < STARVED_MS || head.order.deadlineMs - ranMs < STARVED_MS) return;
    for (const call of [...this.#sent.slice(1), ...this.#waiting]) {
      if (call.order.key !== head.order.key) call.fail('WASM_BUSY', 'calls of other modules occupy every worker');
    }
    this.forgetSettled();
  }

  /** Rejects the calls of one module, or all calls. Sent ones keep their places until the worker has run them. */
  reject(reason: ClarityError, key?: number): void {
    for (const call of [...this.#sent, ...this.#waiting]) {
      if (key === undefined || call.order.key === key) call.reject(reason);
    }
    this.forgetSettled();
    if (this.isEmpty) clearTimeout(this.#timer);
  }

  /** Removes and returns all calls of a lane without a worker. */
  drain(): readonly PendingCall[] {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return [...this.#sent.splice(0), ...this.#waiting.splice(0)];
  }

  /** Removes waiting calls that are settled. */
  forgetSettled(): void {
    this.#waiting = this.#waiting.filter(({ isSettled }) => !isSettled);
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
    this.forgetSettled();
  }
}

function placeOf({ order, id }: PendingCall): PendingCall {
  const place = new PendingCall(order);
  place.id = id;
  return place;
}
