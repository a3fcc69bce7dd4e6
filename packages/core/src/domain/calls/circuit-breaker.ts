import { SlidingWindow, type CallCounts } from './sliding-window.ts';
import { restartDelay, type RestartSchedule } from '../services/restart-policy.ts';
import type { FailureDetail } from '../errors/clarity-error.ts';
import type { Service } from '../services/service.ts';

/** When calls of a service are kept away from it. Every duration is in milliseconds. */
export interface CircuitBreakerOptions {
  /** What is counted lies no further back. */
  readonly windowMs: number;
  /** With fewer calls in the window nothing is concluded; 0 turns the circuit off. */
  readonly minCalls: number;
  /** Of the calls in the window, the part that must have failed; above 0, at most 1. */
  readonly errorRate: number;
  /** How long calls are kept away: longer after each opening in a row, never longer than the ceiling. */
  readonly coolDown: RestartSchedule;
  /** Calls that are let through after that, and that must all succeed. */
  readonly probes: number;
  /** Openings in a row after which an operator has to look. */
  readonly maxOpenings: number;
}

export const DEFAULT_CIRCUIT_BREAKER: CircuitBreakerOptions = {
  windowMs: 60_000,
  minCalls: 8,
  errorRate: 0.6,
  coolDown: { firstMs: 5_000, longestMs: 300_000 },
  probes: 3,
  maxOpenings: 10,
};

/** `closed`: calls go. `open`: none goes. `half_open`: a few go, to see. `held`: none goes until somebody closes it. */
export type CircuitState = 'closed' | 'open' | 'half_open' | 'held';

/** How a call went: `neither` says nothing of the service. */
export type CallSample = 'well' | 'failed' | 'neither';

/** A call that was let through; what comes back later than its turn does not count any more. */
export interface CircuitPermit {
  readonly turn: number;
}

/**
 * Keeps calls away from a service that fails too many of them, lets a few through after a while, and gives up after too many
 * openings in a row. It owns no clock: `now` is monotonic milliseconds; `chance` yields a number in [0, 1).
 */
export class CircuitBreaker {
  readonly #rules: CircuitBreakerOptions;
  readonly #chance: () => number;
  readonly #window: SlidingWindow;
  #state: CircuitState = 'closed';
  /** Counts the changes of state. */
  #turn = 0;
  #openings = 0;
  #retryAt = 0;
  #seen: CallCounts = { calls: 0, failures: 0 };
  #inside = 0;
  #succeeded = 0;

  constructor(rules: CircuitBreakerOptions, chance: () => number) {
    this.#rules = rules;
    this.#chance = chance;
    this.#window = new SlidingWindow(rules.windowMs);
  }

  get state(): CircuitState {
    return this.#state;
  }

  /** In a row: since it was last closed. */
  get openings(): number {
    return this.#openings;
  }

  /** When calls are let through again, or are no longer waited for; it means nothing while calls go or none ever will. */
  get retryAt(): number {
    return this.#retryAt;
  }

  /** What was counted when it opened after having been closed. */
  get seen(): CallCounts {
    return this.#seen;
  }

  /** Undefined when the call has to stay away. */
  admit(now: number): CircuitPermit | undefined {
    if (this.#state === 'held') return undefined;
    if (this.#state === 'closed') return { turn: this.#turn };
    const { probes, coolDown } = this.#rules;
    if (now >= this.#retryAt) {
      // Either it has rested long enough, or the calls that were to tell never came back: others take their place.
      this.#enter('half_open');
      this.#retryAt = now + coolDown.longestMs;
    }
    if (this.#state === 'open' || this.#inside + this.#succeeded >= probes) return undefined;
    this.#inside += 1;
    return { turn: this.#turn };
  }

  settle({ turn }: CircuitPermit, verdict: CallSample, now: number): void {
    if (turn !== this.#turn) return;
    if (this.#state === 'closed') this.#count(verdict, now);
    else this.#judge(verdict, now);
  }

  /** Something speaks for the service, a start for one: it need not rest any longer. */
  retry(now: number): void {
    if (this.#state === 'open') this.#retryAt = Math.min(this.#retryAt, now);
  }

  /** Everything is forgotten. */
  close(): void {
    this.#enter('closed');
    this.#openings = 0;
    this.#window.clear();
  }

  #count(verdict: CallSample, now: number): void {
    if (verdict === 'neither') return;
    const { minCalls, errorRate } = this.#rules;
    this.#window.add(verdict === 'failed', now);
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

/** Why calls of a service are kept away from it, and until when. */
export interface CircuitBreakerStatus {
  readonly state: Exclude<CircuitState, 'closed'>;
  /** In a row. */
  readonly openings: number;
  /** What was counted within `windowMs` when it opened. */
  readonly calls: number;
  readonly failures: number;
  readonly windowMs: number;
  readonly errorRate: number;
  /** ISO 8601; when a few calls are let through, if it is open. */
  readonly retryAt: string;
  readonly lastError: string;
}

/** What is remembered of the moment at which a circuit opened. */
export interface Opening {
  readonly retryAt: string;
  readonly lastError: string;
}

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

/** What was seen, in words: `8 of 10 calls within 60 s failed (errorRate 0.6), the last one: …`. */
export function circuitReason({ calls, failures, windowMs, errorRate, lastError }: CircuitBreakerStatus): string {
  const counted = `${String(failures)} of ${String(calls)} calls within ${String(windowMs / 1000)} s failed`;
  return `${counted} (errorRate ${String(errorRate)}), the last one: ${lastError}`;
}

/** The refusal of a call: the rule, what was seen, and the mend. */
export function circuitRefusal(
  { namespace, serviceId }: Service,
  report: CircuitBreakerStatus,
): readonly [subject: string, detail: FailureDetail] {
  const again = {
    open: `a few calls are let through again at ${report.retryAt}`,
    half_open: 'a few calls are under way to see whether it works again',
    held: 'an operator has to look at it',
  }[report.state];
  const hint = `look at \`clarityctl logs ${serviceId}\` and mend the cause; try again later, or at once after \`clarityctl restart ${serviceId}\``;
  return [`${namespace}: ${circuitReason(report)}; ${again}`, { hint }];
}
