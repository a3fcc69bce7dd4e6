import { ClarityError, isClarityError, type RawJson } from '@clarity-runtime/core';
import type { WasmFunction, WasmModule, WasmReply } from '@clarity-runtime/core/ports';
import type { ModulePlan, WorkerReport } from '../worker/messages.ts';
import { CallQueue } from './call-queue.ts';
import type { Death, GuestWorker } from './guest-worker.ts';
import type { PendingCall } from './pending-call.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface RunnerDependencies {
  readonly pool: WorkerPool;
  readonly module: WebAssembly.Module;
  readonly plan: ModulePlan;
  readonly functions: readonly WasmFunction[];
  readonly deadlineMs: number;
  readonly queueLimit: number;
  readonly queueWaitMs: number;
  readonly idleMs: number;
  log(lines: readonly string[]): void;
  closed(): void;
}

/** Milliseconds that a call may still run after its caller aborted. */
const ABANDONED_MS = 50;

/**
 * One loaded module. Its calls run in order on one worker. The worker is ended at a deadline, replaced on demand and
 * returned to the pool when idle.
 */
export class ModuleRunner implements WasmModule {
  readonly functions: readonly WasmFunction[];
  readonly #parts: RunnerDependencies;
  readonly #names: ReadonlySet<string>;
  readonly #queue: CallQueue;
  #worker: GuestWorker | undefined;
  #isBooting = false;
  #isClosed = false;
  #isPumping = false;
  #deadline: NodeJS.Timeout | undefined;
  #watched: PendingCall | undefined;
  /** Whether the caller of the watched call had aborted when the deadline was set. */
  #isAbandoned = false;
  #idleTimer: NodeJS.Timeout | undefined;

  constructor(parts: RunnerDependencies, worker: GuestWorker) {
    this.#parts = parts;
    this.functions = parts.functions;
    this.#names = new Set(parts.functions.map(({ name }) => name));
    this.#queue = new CallQueue(parts.queueLimit, parts.queueWaitMs);
    this.#take(worker);
    this.#rest(worker);
  }

  async call(
    name: string,
    args: RawJson,
    options: { readonly signal: AbortSignal; readonly deadlineMs?: number },
  ): Promise<WasmReply> {
    if (this.#isClosed) throw closed();
    if (options.signal.aborted) throw new ClarityError('CALL_CANCELLED', '');
    if (!this.#names.has(name)) {
      return { type: 'failure', code: 'ARGUMENTS_INVALID', message: 'the module has no such function' };
    }
    const { deadlineMs = this.#parts.deadlineMs, signal } = options;
    const call = this.#queue.add({ name, args: args.text, deadlineMs }, signal, () => {
      this.#watchHead();
      this.#schedule();
    });
    if (call === undefined) {
      const message = `${String(this.#parts.queueLimit)} calls are waiting`;
      return { type: 'failure', code: 'WASM_BUSY', message };
    }
    this.#schedule();
    return call.reply;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue.rejectAll(closed());
    this.#parts.closed();
    clearTimeout(this.#deadline);
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
      if (this.#worker !== undefined) this.#rest(this.#worker);
      return;
    }
    if (this.#worker === undefined) {
      void this.#boot();
      return;
    }
    clearTimeout(this.#idleTimer);
    this.#parts.pool.busy(this.#worker);
    const calls = this.#queue.send();
    if (calls.length > 0) this.#worker.send({ type: 'calls', calls: calls.map(({ order }) => order) });
  }

  async #boot(): Promise<void> {
    this.#isBooting = true;
    try {
      const worker = await this.#parts.pool.acquire();
      if (this.#isClosed) {
        await worker.end();
        return;
      }
      worker.send({ type: 'adopt', module: this.#parts.module, plan: this.#parts.plan });
      this.#take(worker);
    } catch (error) {
      if (isClarityError(error) && error.code === 'RESOURCE_EXHAUSTED') {
        // The shortage passes: the next call starts a thread again.
        this.#queue.rejectAll(error);
        return;
      }
      this.#isClosed = true;
      this.#parts.closed();
      this.#queue.rejectAll(new ClarityError('SERVICE_START_FAILED', 'its worker does not start', { cause: error }));
    } finally {
      this.#isBooting = false;
    }
    this.#schedule();
  }

  #take(worker: GuestWorker): void {
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
    if (report.type === 'log') this.#parts.log(report.lines);
    if (report.type !== 'reply') return;
    this.#queue.answer(report.id, report.outcome);
    this.#schedule();
  }

  #died(death: Death): void {
    this.#worker = undefined;
    if (death === 'memory') this.#queue.failHead('WASM_LIMIT', 'the function used up the memory of its worker');
    else this.#queue.failHead('WASM_TRAP', 'its worker ended');
    this.#watchHead();
    this.#schedule();
  }

  /** Ends the running call at its deadline. */
  #watchHead(): void {
    const head = this.#queue.head;
    const isAbandoned = head?.isSettled === true;
    if (head === this.#watched && isAbandoned === this.#isAbandoned) return;
    clearTimeout(this.#deadline);
    this.#watched = head;
    this.#isAbandoned = isAbandoned;
    if (head === undefined) return;
    const ms = isAbandoned ? Math.min(ABANDONED_MS, head.order.deadlineMs) : head.order.deadlineMs;
    // This thread may be late, too: deliver the replies that have arrived first.
    const later = (): void => {
      setImmediate(() => {
        this.#overdue(head, ms);
      });
    };
    this.#deadline = setTimeout(later, ms).unref();
  }

  #overdue(call: PendingCall, ms: number): void {
    this.#worker?.catchUp();
    if (this.#queue.head !== call || this.#worker === undefined) return;
    this.#queue.failHead('WASM_DEADLINE', `it ran for ${String(ms)} ms`);
    void this.#drop();
    this.#watchHead();
    this.#schedule();
  }

  #rest(worker: GuestWorker): void {
    clearTimeout(this.#idleTimer);
    const evict = (): void => {
      if (this.#worker === worker && this.#queue.isEmpty) void this.#drop();
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

const closed = (): ClarityError => new ClarityError('SERVICE_STOPPED', 'the module was closed');
