import type { ManifestSpec, ServicePolicy } from './services/manifest.ts';

/** The policy that a manifest writes itself, with the older names of a remote origin under their newer ones. */
export function inlinePolicy({ origin, policy = {} }: Pick<ManifestSpec, 'origin' | 'policy'>): ServicePolicy {
  if (origin.type !== 'remote_mcp') return policy;
  const { timeoutMs, allowedTools = [], maxPayloadBytes, maxConcurrency } = origin;
  return {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(allowedTools.length === 0 ? {} : { allowTools: allowedTools }),
    ...(maxPayloadBytes === undefined ? {} : { maxRequestBytes: maxPayloadBytes, maxResponseBytes: maxPayloadBytes }),
    ...(maxConcurrency === undefined ? {} : { maxConcurrency }),
    ...policy,
  };
}
