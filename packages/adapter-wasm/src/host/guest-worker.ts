import { Worker, type WorkerOptions } from 'node:worker_threads';
import { ClarityError } from '@clarity-runtime/core';
import type { WorkerOrder, WorkerReport } from '../worker/messages.ts';
import { ReplyRing } from '../worker/reply-ring.ts';
import { WORKER_ENTRY } from './worker-entry.ts';
import { deferred } from './deferred.ts';

/** `memory`: the JavaScript heap of the thread was full. `crash`: any other reason. */
export type Death = 'memory' | 'crash';

export interface WorkerListener {
  report(report: WorkerReport): void;
  /** Called when the thread ends without a request. */
  died(death: Death): void;
}

/** Milliseconds that a thread may take to end before it counts as wedged. */
const END_MS = 1_000;
const BOOT_MS = 15_000;

/**
 * Options of a thread: nothing of this process, no input, a small heap. Its output stays in streams that are not read:
 * reading them would keep the process alive, and a full stream only blocks the thread.
 */
export const THREAD_OPTIONS: WorkerOptions = {
  name: 'clarity-wasm',
  env: {},
  argv: [],
  execArgv: [],
  stdin: false,
  stdout: true,
  stderr: true,
  trackUnmanagedFds: false,
  resourceLimits: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
};

export const startThread = (): Worker => new Worker(WORKER_ENTRY, THREAD_OPTIONS);

/** One worker thread, from its start to its end. */
export class GuestWorker {
  /** Resolves when the thread accepts orders; rejects when it ends earlier. */
  readonly ready: Promise<unknown>;
  /** Resolves when the thread has ended. */
  readonly gone: Promise<unknown>;
  readonly #thread: Worker;
  #listener: WorkerListener | undefined;
  #replies: ReplyRing | undefined;
  #death: Death = 'crash';
  #isEnding = false;
  #lastId = 0;
  /** Keys of the modules that this thread has. */
  readonly modules = new Set<number>();
  #isWedged = false;
  #isGone = false;

  constructor(thread: Worker) {
    this.#thread = thread;
    const booted = deferred<undefined>();
    const ended = deferred<undefined>();
    this.ready = booted.promise;
    this.gone = ended.promise;
    const timer = setTimeout(() => {
      booted.reject(shortage(new Error(`the thread did not start within ${String(BOOT_MS)} ms`)));
      void this.end();
    }, BOOT_MS).unref();
    thread.on('message', (report: WorkerReport) => {
      if (report.type === 'replies') this.catchUp();
      else if (report.type !== 'ready') this.#listener?.report(report);
      else {
        clearTimeout(timer);
        if (report.replies !== undefined) this.#replies = new ReplyRing(report.replies);
        booted.resolve(undefined);
      }
    });
    let cause: unknown;
    thread.on('error', (error: unknown) => {
      cause = error;
      if (codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') this.#death = 'memory';
    });
    thread.on('exit', () => {
      this.#isGone = true;
      clearTimeout(timer);
      booted.reject(bootFailure(cause));
      ended.resolve(undefined);
      this.catchUp();
      if (!this.#isEnding) this.#listener?.died(this.#death);
    });
  }

  /** Whether the thread has not ended one second after the request to end. */
  get isWedged(): boolean {
    return this.#isWedged;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Returns the number of the next call. Numbers fit the ring and start again after a billion calls. */
  nextId(): number {
    this.#lastId = (this.#lastId % 0x3fff_ffff) + 1;
    return this.#lastId;
  }

  /** Lets the thread answer calls of other modules without running them. */
  serveOnly(key: number): void {
    this.#replies?.serveOnly(key);
  }

  listen(listener: WorkerListener): void {
    this.#listener = listener;
  }

  /** Delivers the replies in the ring that no message has announced yet. */
  catchUp(): void {
    const listener = this.#listener;
    if (this.#replies === undefined || listener === undefined) return;
    for (const { id, kind, json } of this.#replies.read()) {
      listener.report({ type: 'reply', id, outcome: { type: kind, json } });
    }
  }

  send(order: WorkerOrder, transfer: readonly ArrayBuffer[] = []): void {
    this.#thread.postMessage(order, transfer);
  }

  /** Keeps the process alive while it is set. */
  hold(): void {
    this.#thread.ref();
  }

  release(): void {
    this.#thread.unref();
  }

  /** Ends the thread in any state. Resolves when it has ended or is wedged. */
  async end(): Promise<void> {
    this.#isEnding = true;
    this.#listener = undefined;
    this.hold();
    const late = deferred<undefined>();
    const timer = setTimeout(() => {
      this.#isWedged = true;
      this.release();
      late.resolve(undefined);
    }, END_MS);
    void this.#thread.terminate().catch(() => undefined);
    await Promise.race([this.gone, late.promise]);
    clearTimeout(timer);
  }
}

/** Whether a failed system call or a lack of memory ended the thread while it started, as opposed to a bug. */
const isShortage = (cause: unknown): boolean =>
  typeof (cause as { readonly syscall?: unknown } | null | undefined)?.syscall === 'string' ||
  SHORTAGES.has(codeOf(cause));

const SHORTAGES: ReadonlySet<unknown> = new Set([
  'ERR_WORKER_INIT_FAILED',
  'ERR_WORKER_OUT_OF_MEMORY',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);

const shortage = (cause: unknown): ClarityError =>
  new ClarityError('RESOURCE_EXHAUSTED', 'a thread for the module', { cause });

/** Returns the error of a thread that did not start: RESOURCE_EXHAUSTED, unless a bug of this program is the cause. */
export const bootFailure = (cause: unknown): Error =>
  isShortage(cause) ? shortage(cause) : new Error('the worker ended while it started', { cause });

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null | undefined)?.code;
