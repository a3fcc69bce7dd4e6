/** Limits of the supervisor; every duration is in milliseconds. */
export interface SupervisionOptions {
  /** Limit for the connection and the first read of the interface together. */
  readonly startLimitMs: number;
  /** Limit for closing a connection; it is abandoned afterwards. */
  readonly stopLimitMs: number;
  /** Delay of the first automatic restart; each further delay doubles. */
  readonly firstRestartMs: number;
  readonly longestRestartMs: number;
  /** Interval between two probes of a running service; 0 disables probing. */
  readonly probeIntervalMs: number;
  readonly probeTimeoutMs: number;
  readonly probesAtOnce: number;
}

export const DEFAULT_SUPERVISION: SupervisionOptions = {
  startLimitMs: 15_000,
  stopLimitMs: 10_000,
  firstRestartMs: 1_000,
  longestRestartMs: 60_000,
  probeIntervalMs: 30_000,
  probeTimeoutMs: 5_000,
  probesAtOnce: 4,
};
