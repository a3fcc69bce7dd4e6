import type { ManifestSpec, ServicePolicy, CallPolicy } from '../services/manifest.ts';
import type { PolicyDocument } from './policy-document.ts';
import { withDefaults, policyOf, strictestOf, type Policy } from './policy.ts';
import type { PolicyOrigin } from './policy-verdict.ts';
import { toPrintableAscii } from '../text/safe-text.ts';

/** The policy that a manifest writes itself, with the older names of a remote origin under their newer ones. */
export function manifestPolicy({ origin, policy = {} }: Pick<ManifestSpec, 'origin' | 'policy'>): ServicePolicy {
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

/** What holds for the calls of a service, and where each part of it is written. */
export interface EffectivePolicy {
  readonly policy: Policy;
  readonly sources: readonly PolicyOrigin[];
}

/** The stricter of what the manifest says, with the defaults where it says nothing, and of the policy that it names. */
export function effectivePolicy(spec: ManifestSpec, named: PolicyDocument, defaults: CallPolicy): EffectivePolicy {
  const written = policyOf(manifestPolicy(spec));
  const usual = withDefaults(written, defaults);
  const other = policyOf(named.spec);
  const name = toPrintableAscii(named.metadata.name);
  return {
    policy: strictestOf(usual, other),
    sources: [
      { where: 'spec.policy', remedy: 'change spec.policy of the manifest and apply it again', policy: written },
      {
        where: `policy '${name}'`,
        remedy: `change spec of policy '${name}' and apply it with \`clarityctl apply -f <file>\``,
        policy: other,
      },
      {
        where: 'the defaults',
        remedy: 'write another bound into spec.policy of the manifest and apply it again',
        policy: usual,
      },
    ],
  };
}
