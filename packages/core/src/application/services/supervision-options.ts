/** How patient the supervisor is; every duration in milliseconds. */
export interface SupervisionOptions {
  /** For connecting and for saying what is on offer, together. */
  readonly startLimitMs: number;
  /** For closing a connection; after that it is left to itself. */
  readonly stopLimitMs: number;
  /** Before the first automatic restart; each further one waits twice as long. */
  readonly firstRestartMs: number;
  readonly longestRestartMs: number;
  /** Between two probes of a running service; 0 turns probing off. */
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
