import { restartDelay } from '../../domain/services/restart-policy.ts';
import type { Clock, Entropy } from '../../ports/index.ts';
import { randomFraction } from '../support/random.ts';
import type { SupervisionOptions } from './supervision-options.ts';

/** At most one pending automatic start. */
export class RestartTimer {
  readonly #clock: Clock;
  readonly #entropy: Entropy;
  readonly #supervision: SupervisionOptions;
  #pending: AbortController | undefined;

  constructor(clock: Clock, entropy: Entropy, supervision: SupervisionOptions) {
    this.#clock = clock;
    this.#entropy = entropy;
    this.#supervision = supervision;
  }

  get isSet(): boolean {
    return this.#pending !== undefined;
  }

  /** Schedules `due` and returns its delay in milliseconds; `isSlow` skips the doubling. */
  set(failures: number, due: (signal: AbortSignal) => void, isSlow = false): number {
    this.cancel();
    const { firstRestartMs, longestRestartMs, slowRestartMs } = this.#supervision;
    const firstMs = isSlow ? slowRestartMs : firstRestartMs;
    const longestMs = isSlow ? slowRestartMs : longestRestartMs;
    const ms = restartDelay({ firstMs, longestMs }, failures, randomFraction(this.#entropy));
    const pending = new AbortController();
    this.#pending = pending;
    void this.#clock.after(ms, pending.signal).then(() => {
      if (!pending.signal.aborted) due(pending.signal);
    });
    return ms;
  }

  /** Also aborts the signal of `due`, so that a queued start can see its cancellation. */
  cancel(): void {
    this.#pending?.abort();
    this.#pending = undefined;
  }
}
