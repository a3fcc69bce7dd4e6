import type { RestartPolicy } from './manifest.ts';

/** Milliseconds before the first automatic restart, and the maximum of every later delay. */
export interface RestartSchedule {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Returns the milliseconds before the restart after the n-th failure in a row: exponential backoff up to the maximum, with
 * jitter between one half and the whole, so that services that failed together restart apart. `fraction` is in [0, 1).
 */
export function restartDelay({ firstMs, longestMs }: RestartSchedule, failures: number, fraction: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.5 + fraction / 2));
}

/** `crash`: a running service ended. `start`: a start failed. `at` is in monotonic milliseconds. */
export interface ServiceFailure {
  readonly kind: 'crash' | 'start';
  readonly at: number;
}

/** `hold`: quarantine the service. `retry`: schedule a restart. `rest`: do nothing. */
export type RestartDecision = 'hold' | 'retry' | 'rest';

/**
 * Known cause of the loss of a running service. `cancellation`: it ended at most 2 s after `notifications/cancelled`.
 * `elsewhere`: its process is one of another daemon, or will be, so that the service has no fault.
 */
export type LossCause = 'cancellation' | 'elsewhere';

/** Origin of the failed start: `asked` by a caller, which receives the error, or the runtime's `own`. */
export type StartReason = 'asked' | 'own';

/** Returns the failures within the window of the policy. */
export function recentFailures(
  failures: readonly ServiceFailure[],
  { windowSeconds }: RestartPolicy,
  now: number,
): readonly ServiceFailure[] {
  return failures.filter(({ at }) => now - at < windowSeconds * 1000);
}

/** Returns the failures after a successful start: without failed starts. Crashes stay, to quarantine a service that starts and crashes in turn. */
export const afterStart = (failures: readonly ServiceFailure[]): readonly ServiceFailure[] =>
  failures.filter(({ kind }) => kind === 'crash');

/**
 * Returns the decision after the newest of `failures`, which are all within the window. Up to `maxRestarts` crashes per
 * window cause a restart; a failed start as the `maxRestarts`-th failure causes quarantine.
 */
export function restartDecision(
  failures: readonly ServiceFailure[],
  { mode, maxRestarts }: RestartPolicy,
  cause: StartReason,
): RestartDecision {
  const newest = failures.at(-1);
  if (newest === undefined || mode === 'never' || maxRestarts === 0) return 'rest';
  if (newest.kind === 'crash') return failures.length > maxRestarts ? 'hold' : 'retry';
  if (failures.length >= maxRestarts) return 'hold';
  return cause === 'own' || mode === 'always' ? 'retry' : 'rest';
}
