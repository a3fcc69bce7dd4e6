import type { CallPolicy, ManifestSpec } from '../services/manifest.ts';
import { manifestPolicy } from './effective-policy.ts';

/** Limits of one request to an upstream. */
export interface CallLimits {
  /** Milliseconds between two messages for the request; 0 means no limit. */
  readonly idleMs: number;
  /** Milliseconds from the first byte of the request to its reply, which no message extends; 0 means no limit. */
  readonly totalMs: number;
  /** Bytes of the reply. */
  readonly maxReplyBytes: number;
}

/** Limits that apply if neither the caller nor the manifest sets one. */
export type DefaultCallLimits = Omit<CallLimits, 'idleMs'>;

/**
 * Returns the timeouts of a call policy. Without `maxTimeoutMs`, `timeoutMs` ends the call. With it, `timeoutMs` ends a call
 * that is idle for that long, and `maxTimeoutMs` ends every call.
 */
export function timeoutsOf({
  timeoutMs,
  idleTimeoutMs,
  maxTimeoutMs,
}: CallPolicy): Pick<CallLimits, 'idleMs' | 'totalMs'> {
  if (maxTimeoutMs === undefined) return { totalMs: timeoutMs ?? 0, idleMs: idleTimeoutMs ?? 0 };
  const isExtendable = timeoutMs !== undefined && timeoutMs < maxTimeoutMs;
  const idleMs = isExtendable ? Math.min(timeoutMs, idleTimeoutMs ?? timeoutMs) : (idleTimeoutMs ?? 0);
  return { totalMs: maxTimeoutMs, idleMs };
}

/**
 * Returns the limits of a request to a service: the requested ones, else those of its manifest, else the defaults, and never
 * more than `maxTimeoutMs` and `maxResponseBytes` of the manifest. A requested 0 selects the manifest or the default. Without
 * defaults the requested limits are returned unchanged.
 */
export function resolveCallLimits(
  spec: Pick<ManifestSpec, 'origin' | 'policy'>,
  requested: CallLimits,
  defaults: DefaultCallLimits | undefined,
): CallLimits {
  if (defaults === undefined) return requested;
  const policy = manifestPolicy(spec);
  const usualMs = policy.timeoutMs ?? policy.maxTimeoutMs ?? defaults.totalMs;
  const maxBytes = policy.maxResponseBytes ?? defaults.maxReplyBytes;
  return {
    idleMs: requested.idleMs > 0 ? requested.idleMs : (policy.idleTimeoutMs ?? 0),
    totalMs: Math.min(requested.totalMs > 0 ? requested.totalMs : usualMs, policy.maxTimeoutMs ?? Infinity),
    maxReplyBytes: requested.maxReplyBytes > 0 ? Math.min(requested.maxReplyBytes, maxBytes) : maxBytes,
  };
}
