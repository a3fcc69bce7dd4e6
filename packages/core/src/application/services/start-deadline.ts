import { ClarityError } from '../../domain/errors/clarity-error.ts';
import type { StartLimits } from '../../domain/services/start-limits.ts';
import type { Clock } from '../../ports/index.ts';

/** Handles of the work under a start deadline. */
export interface StartAttempt {
  /** Aborts with the error of the exceeded limit. */
  readonly signal: AbortSignal;
  /** Restarts the idle limit. */
  readonly alive: () => void;
}

interface StartDeadline extends StartLimits {
  readonly clock: Clock;
  /** Returns the newest line of the service, for the error. */
  readonly newestLine: () => string | undefined;
}

const seconds = (ms: number): string => `${String(ms / 1000)} s`;

/**
 * Runs `work` until it settles or a start limit is exceeded.
 * @throws ClarityError SERVICE_START_TIMEOUT, which names the limit, its value and the newest line of the service.
 */
export async function withStartLimits<T>(
  { clock, idleMs, maxMs, newestLine }: StartDeadline,
  work: (attempt: StartAttempt) => Promise<T>,
): Promise<T> {
  const timeUp = new AbortController();
  const done = new AbortController();
  const began = clock.monotonic();
  let seen = began;
  const watch = async (): Promise<never> => {
    for (;;) {
      const now = clock.monotonic();
      const isLate = now - began >= maxMs;
      if (isLate || now - seen >= idleMs) {
        const line = newestLine();
        const fact = isLate
          ? `not ready after ${seconds(maxMs)} (spec.start.maxMs)`
          : `no byte for ${seconds(idleMs)} (spec.start.idleMs)`;
        const error = new ClarityError(
          'SERVICE_START_TIMEOUT',
          line === undefined ? fact : `${fact}; newest line: ${line}`,
          {
            field: isLate ? 'spec.start.maxMs' : 'spec.start.idleMs',
          },
        );
        timeUp.abort(error);
        throw error;
      }
      await clock.after(Math.min(began + maxMs, seen + idleMs) - now, done.signal);
      if (done.signal.aborted) return new Promise(() => undefined);
    }
  };
  const alive = (): void => {
    seen = clock.monotonic();
  };
  try {
    return await Promise.race([work({ signal: timeUp.signal, alive }), watch()]);
  } finally {
    done.abort();
  }
}
