import { ClarityError, isClarityError } from '@clarity-runtime/core';
import type { WorkerReport } from '../worker/messages.ts';
import { CallQueue, type MovedCalls } from './call-queue.ts';
import type { Death, GuestWorker } from './guest-worker.ts';
import type { LaneDependencies } from './lane-module.ts';
import type { PendingCall } from './pending-call.ts';

/** Milliseconds that a call may still run after its caller aborted. */
const ABANDONED_MS = 50;
/** Milliseconds that a call may delay the calls of other modules. */
const LONG_MS = 50;

/**
 * One worker and the calls of its modules, in order. The worker is ended at the deadline of a call, replaced on demand
 * and ended when idle. It receives a module with its first call.
 */
export class Lane {
  readonly #parts: LaneDependencies;
  readonly #queue = new CallQueue();
  #worker: GuestWorker | undefined;
  #isBooting = false;
  #isClosed = false;
  #isPumping = false;
  #deadline: NodeJS.Timeout | undefined;
  #longTimer: NodeJS.Timeout | undefined;
  #watched: PendingCall | undefined;
  /** Whether the caller of the watched call had aborted when the deadline was set. */
  #isAbandoned = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(parts: LaneDependencies) {
    this.#parts = parts;
  }

  get isIdle(): boolean {
    return this.#queue.isEmpty && !this.#isBooting;
  }

  add(...calls: readonly PendingCall[]): void {
    this.#queue.add(...calls);
    this.#schedule();
  }

  /** Called when the caller of a call aborted. */
  cancelled(): void {
    this.#queue.forgetSettled();
    this.#watchHead();
    this.#schedule();
  }

  /** Removes and returns the waiting calls of a module that moves to another lane. */
  removeWaiting(key: number): readonly PendingCall[] {
    return this.#queue.removeWaiting(key);
  }

  /** Continues with a worker that runs a call of one module. */
  takeOver(worker: GuestWorker, key: number, calls: MovedCalls): void {
    this.#queue.take(calls);
    worker.serveOnly(key);
    this.#attach(worker);
    this.#watchHead();
    this.#schedule();
  }

  /** Rejects the calls of a module and removes it from the worker. */
  forget(key: number, reason: ClarityError): void {
    this.#queue.reject(reason, key);
    if (this.#worker?.modules.delete(key) === true) this.#worker.send({ type: 'forget', key });
    this.#watchHead();
    this.#schedule();
  }

  async close(reason: ClarityError): Promise<void> {
    this.#isClosed = true;
    this.#queue.reject(reason);
    clearTimeout(this.#deadline);
    clearTimeout(this.#longTimer);
    await this.#drop();
  }

  /** Ends the worker of a lane that has no calls. */
  async rest(): Promise<void> {
    this.#parts.rested();
    await this.#drop();
  }

  /** Sends the calls of one turn of the event loop in one message. */
  #schedule(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    queueMicrotask(() => {
      this.#isPumping = false;
      this.#pump();
      this.#watchHead();
    });
  }

  #pump(): void {
    if (this.#isClosed || this.#isBooting) return;
    if (this.#queue.isEmpty) {
      if (this.#worker !== undefined) this.#idle(this.#worker);
      return;
    }
    const worker = this.#worker;
    if (worker === undefined) {
      void this.#boot();
      return;
    }
    clearTimeout(this.#idleTimer);
    this.#parts.pool.busy(worker);
    const calls = this.#queue.send(() => worker.nextId());
    for (const { order } of calls) this.#adopt(worker, order.key);
    if (calls.length > 0) worker.send({ type: 'calls', calls: calls.map(({ id, order }) => ({ ...order, id })) });
  }

  #adopt(worker: GuestWorker, key: number): void {
    if (worker.modules.has(key)) return;
    const found = this.#parts.find(key);
    if (found === undefined) return;
    worker.modules.add(key);
    worker.send({ type: 'adopt', key, guest: found.guest });
  }

  async #boot(): Promise<void> {
    this.#isBooting = true;
    try {
      const worker = await this.#parts.pool.acquire();
      if (this.#isClosed) {
        await worker.end();
        return;
      }
      this.#attach(worker);
    } catch (error) {
      const waiting = this.#queue.drain();
      if (isClarityError(error) && error.code === 'RESOURCE_EXHAUSTED') {
        // The shortage passes: the next call starts a thread again.
        for (const call of waiting) call.reject(error);
        return;
      }
      for (const key of new Set(waiting.map(({ order }) => order.key))) this.#parts.find(key)?.failed();
      const reason = new ClarityError('SERVICE_START_FAILED', 'its worker does not start', { cause: error });
      for (const call of waiting) call.reject(reason);
    } finally {
      this.#isBooting = false;
    }
    this.#schedule();
  }

  #attach(worker: GuestWorker): void {
    this.#worker = worker;
    worker.listen({
      report: (report) => {
        this.#receive(report);
      },
      died: (death) => {
        this.#died(death);
      },
    });
  }

  #receive(report: WorkerReport): void {
    if (report.type === 'log') this.#parts.find(report.key)?.log(report.lines);
    if (report.type !== 'reply') return;
    this.#queue.answer(report.id, report.outcome);
    this.#schedule();
  }

  #died(death: Death): void {
    this.#worker = undefined;
    if (death === 'memory') this.#endHead('WASM_LIMIT', 'the function used up the memory of its worker');
    else this.#endHead('WASM_TRAP', 'its worker ended');
  }

  #endHead(code: 'WASM_LIMIT' | 'WASM_TRAP' | 'WASM_DEADLINE', message: string): void {
    const key = this.#queue.head?.order.key;
    this.#queue.failHead(code, message);
    if (key !== undefined) this.#parts.ended(key);
    this.#watchHead();
    this.#schedule();
  }

  /** Ends the running call at its deadline. */
  #watchHead(): void {
    const head = this.#queue.head;
    const isAbandoned = head?.isSettled === true;
    if (head === this.#watched && isAbandoned === this.#isAbandoned) return;
    clearTimeout(this.#deadline);
    clearTimeout(this.#longTimer);
    this.#watched = head;
    this.#isAbandoned = isAbandoned;
    if (head === undefined) return;
    const now = performance.now();
    head.startedAt ??= now;
    const limit = isAbandoned ? Math.min(ABANDONED_MS, head.order.deadlineMs) : head.order.deadlineMs;
    const left = isAbandoned ? limit : Math.max(1, limit - (now - head.startedAt));
    // This thread may be late, too: deliver the replies that have arrived first.
    const later = (): void => {
      setImmediate(() => {
        this.#overdue(head, limit);
      });
    };
    this.#deadline = setTimeout(later, left).unref();
    if (limit > LONG_MS) this.#watchLong(head);
  }

  #overdue(call: PendingCall, ms: number): void {
    this.#worker?.catchUp();
    if (this.#queue.head !== call || this.#worker === undefined) return;
    void this.#drop();
    this.#endHead('WASM_DEADLINE', `it ran for ${String(ms)} ms`);
  }

  /** Separates a call that delays other modules. */
  #watchLong(head: PendingCall): void {
    this.#longTimer = setTimeout(() => {
      this.#worker?.catchUp();
      const worker = this.#worker;
      if (this.#queue.head !== head || worker === undefined) return;
      const lane = this.#queue.delaysOthers ? this.#parts.separate(head.order.key) : undefined;
      if (lane === undefined) {
        this.#queue.refuseStarved();
        this.#watchLong(head);
        return;
      }
      this.#worker = undefined;
      lane.takeOver(worker, head.order.key, this.#queue.splitHead());
      this.#watchHead();
      this.#schedule();
    }, LONG_MS).unref();
  }

  #idle(worker: GuestWorker): void {
    clearTimeout(this.#idleTimer);
    const evict = (): void => {
      if (this.#worker === worker && this.#queue.isEmpty) void this.rest();
    };
    this.#parts.pool.idle(worker, evict);
    this.#idleTimer = setTimeout(evict, this.#parts.idleMs).unref();
  }

  async #drop(): Promise<void> {
    clearTimeout(this.#idleTimer);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.end();
  }
}
