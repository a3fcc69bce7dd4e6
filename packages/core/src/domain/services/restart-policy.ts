import type { RestartPolicy } from './manifest.ts';

/** Milliseconds before the first automatic restart, and the most that any later one waits. */
export interface RestartSchedule {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Milliseconds to wait after the n-th failure in a row: twice as long each time up to the ceiling, and of that a random part
 * between one half and all, so that services that fell together do not rise together. `fraction` is in [0, 1).
 */
export function restartDelay({ firstMs, longestMs }: RestartSchedule, failures: number, fraction: number): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.max(0, failures - 1));
  return Math.round(full * (0.5 + fraction / 2));
}

/** `crash`: it was running and is gone. `start`: it did not start. `at` is monotonic milliseconds. */
export interface ServiceFailure {
  readonly kind: 'crash' | 'start';
  readonly at: number;
}

/** `hold`: into quarantine. `retry`: start it again in a while. `rest`: leave it as it is. */
export type RestartDecision = 'hold' | 'retry' | 'rest';

/** Who wanted the start that failed: a caller, who is told, or the runtime itself. */
export type StartReason = 'asked' | 'own';

/** The failures that still count: those younger than the policy's window. */
export function recentFailures(
  failures: readonly ServiceFailure[],
  { windowSeconds }: RestartPolicy,
  now: number,
): readonly ServiceFailure[] {
  return failures.filter(({ at }) => now - at < windowSeconds * 1000);
}

/** A start that succeeds clears failed starts; crashes stay, or a service that starts and dies in turn would never be held. */
export const afterStart = (failures: readonly ServiceFailure[]): readonly ServiceFailure[] =>
  failures.filter(({ kind }) => kind === 'crash');

/**
 * What follows the newest of `failures`, all of which lie within the window. A service may be restarted `maxRestarts` times
 * per window after a crash; the `maxRestarts`-th failure that is a failed start holds it.
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
