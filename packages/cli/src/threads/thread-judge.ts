import type { InterfaceJudge } from '@clarity-runtime/core/ports';
import { TaskThread, type TaskThreadOptions } from './task-thread.ts';

/** Milliseconds of one comparison, and with its time in the queue. The largest interface takes less than one second. */
const LIMIT_MS = 2_000;
const TOTAL_MS = 10_000;
/** More than the services of one daemon. Each has at most one comparison. */
const MAX_WAITING = 1_000;

/** Compares interfaces in a thread. A comparison that exceeds its limits counts as not judged. */
export class ThreadJudge implements InterfaceJudge, AsyncDisposable {
  readonly #thread: TaskThread;

  constructor(options: Partial<Omit<TaskThreadOptions, 'kind'>> = {}) {
    this.#thread = new TaskThread({ limitMs: LIMIT_MS, maxWaiting: MAX_WAITING, ...options, kind: 'judge' });
  }

  async judge(task: Parameters<InterfaceJudge['judge']>[0]): ReturnType<InterfaceJudge['judge']> {
    try {
      const judgement = await this.#thread.run(task, { signal: AbortSignal.timeout(TOTAL_MS) });
      return judgement as Awaited<ReturnType<InterfaceJudge['judge']>>;
    } catch {
      return undefined;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread[Symbol.asyncDispose]();
  }
}
