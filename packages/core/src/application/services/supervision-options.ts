import { DEFAULT_START_LIMITS } from '../../domain/services/start-limits.ts';

/** Limits of the supervisor; every duration is in milliseconds. */
export interface SupervisionOptions {
  /** Time without a byte of a starting service, unless its manifest or its origin has another limit. */
  readonly startIdleMs: number;
  /** Total time of a start: the connection and the first read of the interface; else like `startIdleMs`. */
  readonly startLimitMs: number;
  /** Limit for reading the interface of a running service again. */
  readonly interfaceLimitMs: number;
  /** Automatic starts of child processes at the same time. A waiting start does not use its limits. */
  readonly startsAtOnce: number;
  /** Limit for closing a connection; it is abandoned afterwards. */
  readonly stopLimitMs: number;
  /** Delay of the first automatic restart; each further delay doubles. */
  readonly firstRestartMs: number;
  readonly longestRestartMs: number;
  /** Delay of the restart of a child process after ten tries with a transient cause. */
  readonly slowRestartMs: number;
  /** Interval between two probes of a running service; 0 disables probing. */
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly probesAtOnce: number;
}

export const DEFAULT_SUPERVISION: SupervisionOptions = {
  startIdleMs: DEFAULT_START_LIMITS.idleMs,
  startLimitMs: DEFAULT_START_LIMITS.maxMs,
  interfaceLimitMs: 15_000,
  startsAtOnce: 8,
  stopLimitMs: 10_000,
  firstRestartMs: 1_000,
  longestRestartMs: 60_000,
  slowRestartMs: 300_000,
  probeIntervalMs: 30_000,
  probeTimeoutMs: 5_000,
  probesAtOnce: 4,
};
