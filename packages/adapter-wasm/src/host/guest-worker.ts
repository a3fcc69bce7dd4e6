import { Worker, type WorkerOptions } from 'node:worker_threads';
import { ClarityError } from '@clarity-runtime/core';
import type { WorkerOrder, WorkerReport } from '../worker/messages.ts';
import { ReplyRing } from '../worker/reply-ring.ts';
import { WORKER_ENTRY } from './worker-entry.ts';
import { deferred } from './deferred.ts';

/** `memory`: its JavaScript heap was full. `crash`: anything else. */
export type Death = 'memory' | 'crash';

export interface WorkerListener {
  report(report: WorkerReport): void;
  /** It ended, and nobody had asked it to. */
  died(death: Death): void;
}

/** How long a thread may take to end before it counts as wedged. */
const END_MS = 1_000;
const BOOT_MS = 15_000;

/**
 * What a thread gets: nothing of this process, no input, its own small heap. What it prints stays in streams that nobody
 * reads: reading them would keep the process alive, and a full one only holds up the thread.
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
  resourceLimits: { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 },
};

export const startThread = (): Worker => new Worker(WORKER_ENTRY, THREAD_OPTIONS);

/** One worker thread, from its boot to its end. */
export class GuestWorker {
  /** Resolves when it takes orders; rejects when it ends before that. */
  readonly ready: Promise<unknown>;
  /** Resolves when the thread is gone. */
  readonly gone: Promise<unknown>;
  readonly #thread: Worker;
  #listener: WorkerListener | undefined;
  #replies: ReplyRing | undefined;
  #death: Death = 'crash';
  #isEnding = false;
  #isWedged = false;

  constructor(thread: Worker) {
    this.#thread = thread;
    const booted = deferred<undefined>();
    const ended = deferred<undefined>();
    this.ready = booted.promise;
    this.gone = ended.promise;
    const timer = setTimeout(() => {
      booted.reject(new Error('the worker did not start in time'));
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
      clearTimeout(timer);
      booted.reject(bootFailure(cause));
      ended.resolve(undefined);
      this.catchUp();
      if (!this.#isEnding) this.#listener?.died(this.#death);
    });
  }

  /** It was told to end more than a second ago and has not. */
  get isWedged(): boolean {
    return this.#isWedged;
  }

  listen(listener: WorkerListener): void {
    this.#listener = listener;
  }

  /** Hears the replies that are there and of which no message has come yet. */
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

  /** While it is held the process stays alive for it. */
  hold(): void {
    this.#thread.ref();
  }

  release(): void {
    this.#thread.unref();
  }

  /** Ends the thread, whatever it is doing; resolves when it is gone, or wedged. */
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

/** It is the machine that is short of descriptors or memory, and not a bug. */
const shortages: ReadonlySet<unknown> = new Set(['ERR_WORKER_INIT_FAILED', 'EMFILE', 'ENFILE', 'ENOMEM']);

const bootFailure = (cause: unknown): Error =>
  shortages.has(codeOf(cause))
    ? new ClarityError('RESOURCE_EXHAUSTED', 'a thread for the module', { cause })
    : new Error('the worker ended while it started', { cause });

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | null | undefined)?.code;
