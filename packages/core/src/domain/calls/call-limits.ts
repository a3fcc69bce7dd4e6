import type { CallPolicy, ManifestSpec } from '../services/manifest.ts';
import { manifestPolicy } from './effective-policy.ts';

/** Milliseconds of one request as connections take them; 0 is none. */
export interface CallTimeouts {
  readonly idleMs: number;
  readonly totalMs: number;
}

/**
 * What `timeoutMs`, `idleTimeoutMs` and `maxTimeoutMs` mean together: without a maximum `timeoutMs` ends the call, with one
 * it ends a call that has shown no sign of life for that long, and the maximum ends every call.
 */
export function timeoutsOf({ timeoutMs, idleTimeoutMs, maxTimeoutMs }: CallPolicy): CallTimeouts {
  if (maxTimeoutMs === undefined) return { totalMs: timeoutMs ?? 0, idleMs: idleTimeoutMs ?? 0 };
  const isExtendable = timeoutMs !== undefined && timeoutMs < maxTimeoutMs;
  const idleMs = isExtendable ? Math.min(timeoutMs, idleTimeoutMs ?? timeoutMs) : (idleTimeoutMs ?? 0);
  return { totalMs: maxTimeoutMs, idleMs };
}

/** Bounds of one request to a service, all of them set. */
export interface CallBounds {
  /** Milliseconds between two signs of life; 0 is none. */
  readonly idleMs: number;
  readonly totalMs: number;
  readonly maxReplyBytes: number;
}

/**
 * The bounds that hold: what the caller asks for, else what the manifest says, else the default; and never more than
 * `maxTimeoutMs` and the reply bound of the manifest. 0 in `asked` asks for nothing.
 */
export function callBounds(
  spec: Pick<ManifestSpec, 'origin' | 'policy'>,
  asked: CallBounds,
  defaults: { readonly totalMs: number; readonly maxReplyBytes: number },
): CallBounds {
  const policy = manifestPolicy(spec);
  const longest = policy.maxTimeoutMs ?? Infinity;
  const usual = policy.timeoutMs ?? policy.maxTimeoutMs ?? defaults.totalMs;
  const bytes = policy.maxResponseBytes ?? defaults.maxReplyBytes;
  return {
    idleMs: asked.idleMs > 0 ? asked.idleMs : (policy.idleTimeoutMs ?? 0),
    totalMs: Math.min(asked.totalMs > 0 ? asked.totalMs : usual, longest),
    maxReplyBytes: asked.maxReplyBytes > 0 ? Math.min(asked.maxReplyBytes, bytes) : bytes,
  };
}
