import type { CallPolicy, ManifestSpec } from '../services/manifest.ts';
import { manifestPolicy } from './effective-policy.ts';

/** Limits of one request to an upstream. */
export interface CallLimits {
  /** Milliseconds between two messages for the request; 0 means no limit. A question to the client stops this time. */
  readonly idleMs: number;
  /**
   * Milliseconds from the first byte of the request to its reply, which no message extends; 0 means no limit. A question to
   * the client stops this time too.
   */
  readonly totalMs: number;
  /** Bytes of the reply. */
  readonly maxReplyBytes: number;
  /** Bytes of a reply with images, audio, blobs or pages of an app; `maxReplyBytes` if absent. */
  readonly maxMediaBytes?: number;
}

/** Limits of a connector that sets none. */
const NO_DEFAULTS: CallLimits = { idleMs: 0, totalMs: 0, maxReplyBytes: 16 * 1024 * 1024 };

/**
 * Returns the timeouts of a call policy. `timeoutMs` and `idleTimeoutMs` are the same limit: the smaller one ends a call
 * that is idle for that long. `maxTimeoutMs` ends every call.
 */
export const timeoutsOf = ({
  timeoutMs = Infinity,
  idleTimeoutMs = Infinity,
  maxTimeoutMs = 0,
}: CallPolicy): Pick<CallLimits, 'idleMs' | 'totalMs'> => {
  const idleMs = Math.min(timeoutMs, idleTimeoutMs);
  return { idleMs: Number.isFinite(idleMs) ? idleMs : 0, totalMs: maxTimeoutMs };
};

/**
 * Returns the limits of a request to a service: the requested ones, else those of its manifest, else the defaults, and never
 * more than `maxTimeoutMs` and `maxResponseBytes` of the manifest. A requested 0 selects the manifest or the default. A
 * request with a total time has no default idle time.
 */
export function resolveCallLimits(
  spec: Pick<ManifestSpec, 'origin' | 'policy'>,
  requested: CallLimits,
  defaults: CallLimits = NO_DEFAULTS,
): CallLimits {
  const policy = manifestPolicy(spec);
  const written = timeoutsOf(policy);
  const usualIdleMs = requested.totalMs > 0 ? 0 : defaults.idleMs;
  const maxTotalMs = written.totalMs > 0 ? written.totalMs : Infinity;
  const usualTotalMs = Number.isFinite(maxTotalMs) ? maxTotalMs : defaults.totalMs;
  const maxBytes = policy.maxResponseBytes ?? Infinity;
  const maxReplyBytes = Math.min(requested.maxReplyBytes > 0 ? requested.maxReplyBytes : Infinity, maxBytes);
  const limits = {
    idleMs: firstLimit(requested.idleMs, written.idleMs, usualIdleMs),
    totalMs: requested.totalMs > 0 ? Math.min(requested.totalMs, maxTotalMs) : usualTotalMs,
    maxReplyBytes: Number.isFinite(maxReplyBytes) ? maxReplyBytes : defaults.maxReplyBytes,
  };
  const maxMediaBytes = Number.isFinite(maxReplyBytes) ? requested.maxMediaBytes : defaults.maxMediaBytes;
  return maxMediaBytes === undefined ? limits : { ...limits, maxMediaBytes };
}

const firstLimit = (...limits: readonly number[]): number => limits.find((ms) => ms > 0) ?? 0;
