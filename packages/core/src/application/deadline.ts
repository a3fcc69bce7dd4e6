import type { Clock } from '../ports/index.ts';

export interface Deadline {
  readonly clock: Clock;
  readonly ms: number;
  /** What the work is given up with. */
  readonly late: () => Error;
}

/** Gives work a signal that aborts when its time is up, and then rejects, whether or not the work listens. */
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
