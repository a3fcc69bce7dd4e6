import { inlinePolicy } from './inline-policy.ts';
import type { ManifestSpec } from './services/manifest.ts';

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
  const policy = inlinePolicy(spec);
  const longest = policy.maxTimeoutMs ?? Infinity;
  const usual = policy.timeoutMs ?? policy.maxTimeoutMs ?? defaults.totalMs;
  const bytes = policy.maxResponseBytes ?? defaults.maxReplyBytes;
  return {
    idleMs: asked.idleMs > 0 ? asked.idleMs : (policy.idleTimeoutMs ?? 0),
    totalMs: Math.min(asked.totalMs > 0 ? asked.totalMs : usual, longest),
    maxReplyBytes: asked.maxReplyBytes > 0 ? Math.min(asked.maxReplyBytes, bytes) : bytes,
  };
}
