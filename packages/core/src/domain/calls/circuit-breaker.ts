import { SlidingWindow, type CallCounts } from './sliding-window.ts';
import { restartDelay, type RestartSchedule } from '../services/restart-policy.ts';
import type { FailureDetail } from '../errors/clarity-error.ts';
import type { Service } from '../services/service.ts';

/** Settings of a circuit breaker. Every duration is in milliseconds. */
export interface CircuitBreakerOptions {
  /** Length of the window of counted calls. */
  readonly windowMs: number;
  /** Minimum count of calls in the window before the circuit can open; 0 disables the circuit. */
  readonly minCalls: number;
  /** Part of the calls in the window that must fail to open the circuit; above 0, at most 1. */
  readonly errorRate: number;
  /** Time in state `open`: grows with each opening in a row, up to `longestMs`. */
  readonly coolDown: RestartSchedule;
  /** Count of trial calls in state `half_open`. The circuit closes when all of them succeed. */
  readonly probes: number;
  /** Count of openings in a row after which the state is `held`. */
  readonly maxOpenings: number;
}

/** Settings without a configuration: opens at 60 % failures of at least 8 calls in 60 s. */
export const DEFAULT_CIRCUIT_BREAKER: CircuitBreakerOptions = {
  windowMs: 60_000,
  minCalls: 8,
  errorRate: 0.6,
  coolDown: { firstMs: 5_000, longestMs: 300_000 },
  probes: 3,
  maxOpenings: 10,
};

/**
 * `closed`: calls pass. `open`: calls are denied. `half_open`: a few trial calls pass. `held`: denied until an operator
 * closes it.
 */
export type CircuitState = 'closed' | 'open' | 'half_open' | 'held';

/** Outcome of a call. `neither` says nothing about the service and is not counted. */
export type CallSample = 'well' | 'failed' | 'neither';

/** Permit of one call. The circuit ignores its outcome if the state changed since. */
export interface CircuitPermit {
  readonly turn: number;
}

/**
 * Denies calls of a service after too many failures, then admits trial calls after a delay.
 * After `maxOpenings` openings in a row only an operator can close it. `now` is in monotonic milliseconds; `chance` returns
 * a number in [0, 1).
 */
export class CircuitBreaker {
  readonly #rules: CircuitBreakerOptions;
  readonly #chance: () => number;
  readonly #window: SlidingWindow;
  #state: CircuitState = 'closed';
  /** Increases with every change of the state. */
  #turn = 0;
  #openings = 0;
  #retryAt = 0;
  #seen: CallCounts = { calls: 0, failures: 0 };
  #inside = 0;
  #succeeded = 0;
  #hasSucceeded = false;

  constructor(rules: CircuitBreakerOptions, chance: () => number) {
    this.#rules = rules;
    this.#chance = chance;
    this.#window = new SlidingWindow(rules.windowMs);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** Count of openings since the circuit was last closed. */
  get openings(): number {
    return this.#openings;
  }

  /**
   * Time of the next trial calls in monotonic milliseconds; in `half_open`, the end of waiting for them. Valid in these two
   * states only.
   */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** Counts in the window when the circuit last opened from `closed`. */
  get seen(): CallCounts {
    return this.#seen;
  }

  /** Whether the last counted call in state `closed` succeeded. */
  get succeeded(): boolean {
    return this.#hasSucceeded;
  }

  /** Returns a permit; undefined if the call is denied. */
  admit(now: number): CircuitPermit | undefined {
    if (this.#state === 'held') return undefined;
    if (this.#state === 'closed') return { turn: this.#turn };
    const { probes, coolDown } = this.#rules;
    if (now >= this.#retryAt) {
      // The delay is over, or trial calls have not returned in time: new trial calls replace them.
      this.#enter('half_open');
      this.#retryAt = now + coolDown.longestMs;
    }
    if (this.#state === 'open' || this.#inside + this.#succeeded >= probes) return undefined;
    this.#inside += 1;
    return { turn: this.#turn };
  }

  /** Records the outcome of an admitted call. */
  settle({ turn }: CircuitPermit, verdict: CallSample, now: number): void {
    if (turn !== this.#turn) return;
    if (this.#state === 'closed') this.#count(verdict, now);
    else this.#judge(verdict, now);
  }

  /** Ends the delay of an open circuit, for example after a successful start of the service. */
  retry(now: number): void {
    if (this.#state === 'open') this.#retryAt = Math.min(this.#retryAt, now);
  }

  /** Closes the circuit and clears all counts. */
  close(): void {
    this.#enter('closed');
    this.#openings = 0;
    this.#window.clear();
  }

  #count(verdict: CallSample, now: number): void {
    if (verdict === 'neither') return;
    const { minCalls, errorRate } = this.#rules;
    this.#window.add(verdict === 'failed', now);
    this.#hasSucceeded = verdict === 'well';
    if (verdict === 'well' || minCalls === 0) return;
    const counts = this.#window.counts(now);
    if (counts.calls < minCalls || counts.failures < errorRate * counts.calls) return;
    this.#seen = counts;
    this.#open(now);
  }

  #judge(verdict: CallSample, now: number): void {
    this.#inside -= 1;
    if (verdict === 'failed') this.#open(now);
    if (verdict !== 'well') return;
    this.#succeeded += 1;
    if (this.#succeeded >= this.#rules.probes) this.close();
  }

  #open(now: number): void {
    const { coolDown, maxOpenings } = this.#rules;
    this.#openings += 1;
    this.#window.clear();
    this.#enter(this.#openings >= maxOpenings ? 'held' : 'open');
    this.#retryAt = now + restartDelay(coolDown, this.#openings, this.#chance());
  }

  #enter(state: CircuitState): void {
    this.#state = state;
    this.#turn += 1;
    this.#inside = 0;
    this.#succeeded = 0;
  }
}

/** State of a circuit that is not closed. Published JSON of the API. */
export interface CircuitBreakerStatus {
  readonly state: Exclude<CircuitState, 'closed'>;
  /** Count of openings in a row. */
  readonly openings: number;
  /** Counts in the window when the circuit opened. */
  readonly calls: number;
  readonly failures: number;
  /** Milliseconds. */
  readonly windowMs: number;
  readonly errorRate: number;
  /** ISO 8601; time of the next trial calls if the circuit is open. */
  readonly retryAt: string;
  readonly lastError: string;
}

/** Time of the next trial calls, and the last error, stored when a circuit opens. */
export interface Opening {
  readonly retryAt: string;
  readonly lastError: string;
}

/** Returns the published state of a circuit; undefined if it is closed. */
export function circuitReport(
  circuit: CircuitBreaker,
  rules: CircuitBreakerOptions,
  opening: Opening,
): CircuitBreakerStatus | undefined {
  const { state, openings, seen } = circuit;
  if (state === 'closed') return undefined;
  const { windowMs, errorRate } = rules;
  return { state, openings, ...seen, windowMs, errorRate, ...opening };
}

/** Returns the reason as text: `8 of 10 calls within 60 s failed (errorRate 0.6), the last one: …`. */
export function circuitReason({ calls, failures, windowMs, errorRate, lastError }: CircuitBreakerStatus): string {
  const counted = `${String(failures)} of ${String(calls)} calls within ${String(windowMs / 1000)} s failed`;
  return `${counted} (errorRate ${String(errorRate)}), the last one: ${lastError}`;
}

/** Returns subject and hint of the error for a denied call. */
export function circuitRefusal(
  { namespace, serviceId }: Service,
  report: CircuitBreakerStatus,
): readonly [subject: string, detail: FailureDetail] {
  const again = {
    open: `trial calls start at ${report.retryAt}`,
    half_open: 'trial calls are running',
    held: 'an operator has to close the circuit',
  }[report.state];
  const hint = `look at \`clarityctl logs ${serviceId}\` and fix the cause; try again later, or immediately after \`clarityctl restart ${serviceId}\``;
  return [`${namespace}: ${circuitReason(report)}; ${again}`, { hint }];
}
