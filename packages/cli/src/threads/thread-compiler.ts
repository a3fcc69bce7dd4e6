import type { CompilerResult, CompilerSource } from '@clarity-runtime/core/ports';
import { TaskFailure, TaskThread, type TaskThreadOptions } from './task-thread.ts';

/** Milliseconds for one source. The largest one, 500,000 characters, compiles in less than one second. */
const LIMIT_MS = 10_000;

/**
 * The built-in compiler in a thread, so that no source blocks the process: one source at a time, at most 10 s each, 4 waiting. Every
 * source takes this way, because a limit for an inline compilation would save only a message.
 */
export class ThreadCompiler implements AsyncDisposable {
  readonly #thread: TaskThread;
  readonly #limitMs: number;

  constructor(options: Partial<Omit<TaskThreadOptions, 'kind'>> = {}) {
    this.#limitMs = options.limitMs ?? LIMIT_MS;
    this.#thread = new TaskThread({ ...options, kind: 'compile', limitMs: this.#limitMs });
  }

  /** Returns the module, or the findings, also for a source that exceeds the limits. @throws ClarityError as `TaskThread.run`. */
  async compile(source: CompilerSource, signal: AbortSignal): Promise<CompilerResult> {
    const { file, text, principal } = source;
    try {
      const options = { signal, ...(principal === undefined ? {} : { owner: principal }) };
      return (await this.#thread.run({ file, text }, options)) as CompilerResult;
    } catch (error) {
      if (!(error instanceof TaskFailure)) throw error;
      const seconds = String(this.#limitMs / 1000);
      const problem =
        error.reason === 'late'
          ? `the compilation did not end within ${seconds} seconds`
          : 'the compilation needs more than 512 MiB of memory';
      return { ok: false, findings: `${file}: ${problem}\n  hint: split the source into several modules` };
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#thread[Symbol.asyncDispose]();
  }
}
