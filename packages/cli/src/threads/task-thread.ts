import { Worker, type WorkerOptions } from 'node:worker_threads';
import { ClarityError } from '@clarity-runtime/core';
import { FairPool } from '@clarity-runtime/core/internal';
import type { TaskKind, TaskReport } from './tasks.ts';

/** Options of a `TaskThread`. */
export interface TaskThreadOptions {
  readonly kind: TaskKind;
  /** Milliseconds that one task may run. The start of the thread does not count. */
  readonly limitMs: number;
  /** Maximum number of tasks that wait. Default: 4. */
  readonly maxWaiting?: number;
  /** Time in milliseconds after which an idle thread is ended. Default: 60,000. */
  readonly idleMs?: number;
  /** Replaces the built thread entry. */
  readonly start?: () => Worker;
}

/** Reason why a task has no reply. `late`: it did not end in time. `memory`: its heap was full. */
export class TaskFailure extends Error {
  readonly reason: 'late' | 'memory';

  constructor(reason: 'late' | 'memory') {
    super(`the task failed: ${reason}`);
    this.reason = reason;
  }
}

interface Task {
  readonly owner: string;
  readonly input: unknown;
  readonly resolve: (output: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

interface RunningThread {
  readonly worker: Worker;
  isReady: boolean;
}

const DEFAULT_IDLE_MS = 60_000;
const DEFAULT_MAX_WAITING = 4;
/** Milliseconds in which a thread must accept its first task. */
const START_MS = 15_000;

/**
 * Options of a thread: nothing of this process and a bounded heap. Its output stays in streams that are not read: reading them
 * would keep the process alive.
 */
const THREAD_OPTIONS: WorkerOptions = {
  name: 'clarity-task',
  env: {},
  argv: [],
  execArgv: [],
  stdin: false,
  stdout: true,
  stderr: true,
  resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
};

/** The built entry, from src and from dist: a worker thread has no loader. */
const THREAD_ENTRY = new URL('../../dist/threads/main.js', import.meta.url);

const startThread = (): Worker => new Worker(THREAD_ENTRY, THREAD_OPTIONS);

/**
 * One worker thread for long work, with a bounded queue that its principals share. The thread starts with the first task, stays for
 * the next ones and ends after an idle time. A task that exceeds its limit ends the thread; the next task gets a new one.
 */
export class TaskThread implements AsyncDisposable {
  readonly #options: Required<TaskThreadOptions>;
  readonly #pool: FairPool;
  readonly #waiting: Task[] = [];
  #running: Task | undefined;
  #thread: RunningThread | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastOwner = '';
  #isClosed = false;

  constructor(options: TaskThreadOptions) {
    const { maxWaiting = DEFAULT_MAX_WAITING, idleMs = DEFAULT_IDLE_MS, start = startThread } = options;
    this.#options = { ...options, maxWaiting, idleMs, start };
    this.#pool = new FairPool(maxWaiting + 1);
  }

  /**
   * Runs a task and returns its output. `owner` is the key of the principal; principals take turns.
   * @throws TaskFailure when the task exceeds its limits; ClarityError QUOTA_EXCEEDED when the queue is full, CALL_CANCELLED on
   * abort, RESOURCE_EXHAUSTED when the thread cannot start; the error of the task.
   */
  async run(
    input: unknown,
    { signal, owner = '' }: { readonly signal: AbortSignal; readonly owner?: string },
  ): Promise<unknown> {
    if (signal.aborted) throw cancelled();
    if (this.#isClosed) throw new ClarityError('SHUTTING_DOWN', '');
    let release: (() => void) | undefined;
    let abort = (): void => undefined;
    try {
      return await new Promise((resolve, reject) => {
        const task: Task = { owner, input, resolve, reject };
        release = this.#pool.take(owner, () => {
          this.#drop(task, this.#full());
        });
        if (release === undefined) throw this.#full();
        abort = () => {
          this.#drop(task, cancelled());
        };
        signal.addEventListener('abort', abort, { once: true });
        this.#waiting.push(task);
        this.#next();
      });
    } finally {
      signal.removeEventListener('abort', abort);
      release?.();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new ClarityError('SHUTTING_DOWN', ''));
    this.#settle((task) => {
      task.reject(new ClarityError('SHUTTING_DOWN', ''));
    });
    await this.#end();
  }

  #next(): void {
    if (this.#running !== undefined || this.#isClosed) return;
    const other = this.#waiting.findIndex(({ owner }) => owner !== this.#lastOwner);
    const [task] = this.#waiting.splice(Math.max(0, other), 1);
    if (task === undefined) {
      this.#rest();
      return;
    }
    this.#running = task;
    this.#lastOwner = task.owner;
    try {
      this.#thread ??= this.#spawn();
    } catch (error) {
      this.#fail(exhausted(error));
      return;
    }
    this.#thread.worker.ref();
    if (this.#thread.isReady) this.#send();
    else this.#limit(START_MS);
  }

  #send(): void {
    this.#limit(this.#options.limitMs);
    this.#thread?.worker.postMessage({ kind: this.#options.kind, input: this.#running?.input });
  }

  /** Ends the running task after `ms`. A reply that has arrived while this thread was late still counts. */
  #limit(ms: number): void {
    clearTimeout(this.#timer);
    const task = this.#running;
    this.#timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#running === task) this.#fail(new TaskFailure('late'));
      });
    }, ms);
  }

  #spawn(): RunningThread {
    const thread: RunningThread = { worker: this.#options.start(), isReady: false };
    let death: unknown;
    thread.worker.on('message', (report: TaskReport) => {
      if (this.#thread === thread) this.#receive(thread, report);
    });
    thread.worker.on('error', (error: unknown) => {
      death = error;
    });
    thread.worker.on('exit', () => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#fail(thread.isReady ? deathOf(death) : exhausted(death));
    });
    return thread;
  }

  #receive(thread: RunningThread, report: TaskReport): void {
    if (report.type === 'ready') {
      thread.isReady = true;
      if (this.#running !== undefined) this.#send();
      return;
    }
    this.#settle((task) => {
      if (report.type === 'done') task.resolve(report.output);
      else task.reject(report.error);
    });
    this.#next();
  }

  /** Removes a waiting task, or ends the running one. */
  #drop(task: Task, error: unknown): void {
    if (this.#running === task) {
      this.#fail(error);
      return;
    }
    const place = this.#waiting.indexOf(task);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    task.reject(error);
  }

  #fail(error: unknown): void {
    void this.#end();
    this.#settle((task) => {
      task.reject(error);
    });
    this.#next();
  }

  #settle(how: (task: Task) => void): void {
    clearTimeout(this.#timer);
    const task = this.#running;
    this.#running = undefined;
    if (task !== undefined) how(task);
  }

  #rest(): void {
    this.#thread?.worker.unref();
    this.#timer = setTimeout(() => void this.#end(), this.#options.idleMs).unref();
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.worker.terminate();
  }

  #full(): ClarityError {
    const message = `${String(this.#options.maxWaiting)} ${this.#options.kind} tasks are waiting`;
    return new ClarityError('QUOTA_EXCEEDED', message);
  }
}

const cancelled = (): ClarityError => new ClarityError('CALL_CANCELLED', '');

const exhausted = (cause: unknown): ClarityError =>
  new ClarityError('RESOURCE_EXHAUSTED', 'a worker thread', { cause });

const deathOf = (error: unknown): unknown =>
  (error as { readonly code?: unknown } | undefined)?.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? new TaskFailure('memory')
    : (error ?? new Error('the thread ended'));
