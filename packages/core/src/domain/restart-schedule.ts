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
