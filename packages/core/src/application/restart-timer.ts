import { restartDelay } from '../domain/services/restart-policy.ts';
import type { Clock, Entropy } from '../ports/index.ts';
import { fraction } from './support/random.ts';
import type { Supervision } from './supervision.ts';

/** At most one automatic start that is due at some time. */
export class RestartTimer {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #supervision: Supervision;
  #pending: AbortController | undefined;

  constructor(clock: Clock, entropy: Entropy, supervision: Supervision) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#supervision = supervision;
  }

  get isSet(): boolean {
    return this.#pending !== undefined;
  }

  /** Milliseconds until `due` is called, unless it is cancelled before. */
  set(failures: number, due: (signal: AbortSignal) => void): number {
    this.cancel();
    const { firstRestartMs: firstMs, longestRestartMs: longestMs } = this.#supervision;
    const ms = restartDelay({ firstMs, longestMs }, failures, fraction(this.#entropy));
    const pending = new AbortController();
    this.#pending = pending;
    void this.#clock.after(ms, pending.signal).then(() => {
      if (!pending.signal.aborted) due(pending.signal);
    });
    return ms;
  }

  /** The signal that `due` was given aborts as well, so that a start which waits its turn can see that it is off. */
  cancel(): void {
    this.#pending?.abort();
    this.#pending = undefined;
  }
}
