import type { CallPolicy } from './services/manifest.ts';

/** Milliseconds of one request as connections take them; 0 is none. */
export interface CallTimes {
  readonly idleMs: number;
  readonly totalMs: number;
}

/**
 * What `timeoutMs`, `idleTimeoutMs` and `maxTimeoutMs` mean together: without a maximum `timeoutMs` ends the call, with one
 * it ends a call that has shown no sign of life for that long, and the maximum ends every call.
 */
export function callTimes({ timeoutMs, idleTimeoutMs, maxTimeoutMs }: CallPolicy): CallTimes {
  if (maxTimeoutMs === undefined) return { totalMs: timeoutMs ?? 0, idleMs: idleTimeoutMs ?? 0 };
  const isExtendable = timeoutMs !== undefined && timeoutMs < maxTimeoutMs;
  const idleMs = isExtendable ? Math.min(timeoutMs, idleTimeoutMs ?? timeoutMs) : (idleTimeoutMs ?? 0);
  return { totalMs: maxTimeoutMs, idleMs };
}
