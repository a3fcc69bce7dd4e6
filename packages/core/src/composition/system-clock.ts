import type { Clock } from '../ports/index.ts';

/** Longest timer of Node. A longer one fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A wait that ends later than this gives turns to input. */
const LATE_MS = 1_000;

const sleep = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    if (typeof timer === 'object') timer.unref();
    signal?.addEventListener('abort', finish, { once: true });
    function finish(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    }
  });

/** Clock of the machine, the default of `PORT.clock`. */
export const systemClock: Clock = {
  wall: () => new Date(),
  monotonic: () => performance.now(),
  after: async (ms, signal) => {
    const end = performance.now() + ms;
    for (let left = ms; left > 0 && signal?.aborted !== true; left = end - performance.now()) {
      await sleep(Math.min(left, MAX_TIMER_MS), signal);
    }
    // After a suspension timers run before input: a reply that has arrived meanwhile comes before its timeout.
    // Two turns, because a socket that resumes reading needs one of its own.
    for (let turns = performance.now() - end > LATE_MS ? 2 : 0; turns > 0 && signal?.aborted !== true; turns -= 1) {
      // Not a timer: overdue timers run one after the other, without a look at input between them.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  },
};
