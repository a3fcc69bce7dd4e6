import type { CircuitBreakerStatus } from './circuit-breaker.ts';

/** End of a tool call: a result, a result with `isError`, or a protocol error. */
export type CallOutcome = 'ok' | 'tool_error' | 'error';

/** All outcomes, in the order of the metrics. */
export const CALL_OUTCOMES: readonly CallOutcome[] = ['ok', 'tool_error', 'error'];

/** Upper bounds of the duration buckets of calls, in seconds. */
export const CALL_DURATION_BUCKETS: readonly number[] = [
  0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** Counts of the ended calls of one service in this process. */
export interface CallMetrics {
  readonly serviceId: string;
  readonly namespace: string;
  readonly outcomes: Readonly<Record<CallOutcome, number>>;
  /** Total duration in seconds. */
  readonly seconds: number;
  /** Count per bucket of `CALL_DURATION_BUCKETS`, not cumulative; the last entry counts longer calls. */
  readonly buckets: readonly number[];
}

/** Calls of a service in this process: in flight, waiting in the queue, and denied since the start. */
export interface CallLoad {
  readonly inFlight: number;
  readonly waiting: number;
  readonly refused: number;
  /** Present while the circuit breaker is open or half-open. */
  readonly circuit?: CircuitBreakerStatus;
}
