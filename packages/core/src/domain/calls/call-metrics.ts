import type { CircuitBreakerStatus } from './circuit-breaker.ts';

/** How a call of a tool ended: with a result, with a result that says it failed, with an error of the protocol. */
export type CallOutcome = 'ok' | 'tool_error' | 'error';

export const CALL_OUTCOMES: readonly CallOutcome[] = ['ok', 'tool_error', 'error'];

/** Upper bounds of the buckets that durations of calls are counted in, in seconds. */
export const CALL_DURATION_BUCKETS: readonly number[] = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Calls of one service that have ended in this process. */
export interface CallMetrics {
  readonly serviceId: string;
  readonly namespace: string;
  readonly outcomes: Readonly<Record<CallOutcome, number>>;
  /** Time that they took together. */
  readonly seconds: number;
  /** How many took no longer than each of `CALL_DURATION_BUCKETS` and longer than the one before; the last are those beyond. */
  readonly buckets: readonly number[];
}

/** Calls of a service in this process: under way, waiting for a place, and not let through so far. */
export interface CallLoad {
  readonly inFlight: number;
  readonly waiting: number;
  readonly refused: number;
  /** Present while calls are kept away since too many have failed. */
  readonly circuit?: CircuitBreakerStatus;
}
