import type { Clock } from '../../ports/index.ts';

/** Runs tasks one after another. A failed task does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();
  #tasks = 0;

  /** Whether the queue is empty and no task runs. */
  get isIdle(): boolean {
    return this.#tasks === 0;
  }

  run<T>(task: () => Promise<T>): Promise<T> {
    this.#tasks += 1;
    const done = this.#last.then(task).finally(() => {
      this.#tasks -= 1;
    });
    this.#last = done.catch(() => undefined);
    return done;
  }
}

/** Runs a limited number of tasks at once. Further tasks wait in order of arrival. */
export class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** Creates the error of the timeout. */
  readonly late: () => Error;
}

/** Runs `work` with a signal that aborts after `ms`, and then rejects, whether or not `work` reacts to the signal. */
export async function withDeadline<T>(
  { clock, ms, late }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const timeUp = new AbortController();
  const done = new AbortController();
  const timer = clock.after(ms, done.signal).then((): Promise<never> => {
    if (done.signal.aborted) return new Promise(() => undefined);
    timeUp.abort();
    throw late();
  });
  try {
    return await Promise.race([work(timeUp.signal), timer]);
  } finally {
    done.abort();
  }
}
