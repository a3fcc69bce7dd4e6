import type { Clock } from '../ports/index.ts';

/** The disposable objects that one runtime owns. */
export class Lifetime {
  readonly #owned = new Set<AsyncDisposable>();

  /** Takes ownership of `value` if it is disposable. The same object is disposed once. */
  own(value: unknown): void {
    if (isDisposable(value)) this.#owned.add(value);
  }

  /** Disposes everything in reverse order, also after a failure and after a disposal without an end. Returns the errors. */
  async end(limit?: DisposalLimit): Promise<readonly unknown[]> {
    const until = limit === undefined ? Infinity : limit.clock.monotonic() + limit.ms;
    const errors: unknown[] = [];
    const owned = [...this.#owned].reverse();
    this.#owned.clear();
    for (const disposable of owned) {
      try {
        const disposed = disposable[Symbol.asyncDispose]();
        await (limit === undefined ? disposed : within(disposed, limit.clock, until));
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

/** Time for all disposals of a lifetime together. */
export interface DisposalLimit {
  readonly clock: Clock;
  readonly ms: number;
}

/** The next disposals get at least this time after one without an end. */
const MIN_DISPOSAL_MS = 100;

async function within(disposed: PromiseLike<void>, clock: Clock, until: number): Promise<void> {
  const done = new AbortController();
  const late = clock.after(Math.max(MIN_DISPOSAL_MS, until - clock.monotonic()), done.signal).then(() => {
    if (!done.signal.aborted) throw new Error('an adapter was not disposed in time');
  });
  try {
    await Promise.race([disposed, late]);
  } finally {
    done.abort();
  }
}

const isDisposable = (value: unknown): value is AsyncDisposable =>
  value !== null &&
  (typeof value === 'object' || typeof value === 'function') &&
  typeof (value as Partial<AsyncDisposable>)[Symbol.asyncDispose] === 'function';
