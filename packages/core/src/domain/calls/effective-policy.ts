import type { ManifestSpec, ServicePolicy, CallPolicy } from '../services/manifest.ts';
import { originKind, originMember } from '../services/origin-kinds.ts';
import type { PolicyDocument } from './policy-document.ts';
import { withDefaults, policyOf, strictestOf, type Policy } from './policy.ts';
import type { PolicyOrigin } from './policy-verdict.ts';
import { toPrintableAscii } from '../text/safe-text.ts';

/** Returns the policy of a manifest: `spec.policy`, with older members of the origin under the names of their knobs. */
export function manifestPolicy({ origin, policy = {} }: Pick<ManifestSpec, 'origin' | 'policy'>): ServicePolicy {
  const { legacyPolicy } = originKind(origin.type);
  if (legacyPolicy.length === 0) return policy;
  const older = legacyPolicy.flatMap(([name, knob]) => {
    const value = originMember(origin, name);
    return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[knob, value] as const];
  });
  return { ...(Object.fromEntries(older) as ServicePolicy), ...policy };
}

/** The policy of the calls of a service, and the documents that it combines. */
export interface EffectivePolicy {
  readonly policy: Policy;
  readonly sources: readonly PolicyOrigin[];
}

/** Returns the stricter combination of the manifest's policy, completed by the defaults, and of the policy that it names. */
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
        isDefault: true,
        remedy: 'set another limit in spec.policy of the manifest and apply it again',
        policy: usual,
      },
    ],
  };
}
