import type { Manifest, ServicePolicy } from '@clarity-runtime/core';
import { originKind, originMember } from '@clarity-runtime/core/internal';

/** Members of the origin of a remote service that are limits. */
const REMOTE_LIMITS = ['timeoutMs', 'allowedTools', 'maxPayloadBytes', 'maxConcurrency'] as const;

/**
 * Returns a new manifest with the settings of the service of its name that belong to the operator and not to the target:
 * policy, surface, limits, start limits, restarts. A setting of the new manifest wins. `stored` is the manifest as readers see
 * it; the kept members have no hidden values.
 */
export function withKeptSettings(fresh: Manifest, stored: Manifest): Manifest {
  const { spec, metadata } = fresh;
  const old = stored.spec;
  const policy = { ...legacyPolicyOf(stored, fresh), ...old.policy, ...spec.policy };
  const hasProcess = originKind(spec.origin.type).hasProcess === true;
  const limits = hasProcess ? { ...old.limits, ...spec.limits } : {};
  const sandbox = hasProcess ? (spec.sandbox ?? old.sandbox) : undefined;
  const { start = spec.origin.type === 'local_wasm' ? undefined : old.start, isolation = old.isolation } = spec;
  const { surface = old.surface, pinInterface = old.pinInterface } = spec;
  const capabilities = spec.origin.type === 'local_wasm' ? (spec.capabilities ?? old.capabilities) : undefined;
  const displayName = metadata.displayName ?? stored.metadata.displayName;
  const kept = {
    ...{ autostart: old.autostart, restartPolicy: old.restartPolicy, policyRef: old.policyRef },
    ...(start === undefined ? {} : { start }),
    ...(isolation === undefined ? {} : { isolation }),
    ...(surface === undefined ? {} : { surface }),
    ...(pinInterface === undefined ? {} : { pinInterface }),
    ...(sandbox === undefined ? {} : { sandbox }),
    ...(capabilities === undefined ? {} : { capabilities }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(Object.keys(policy).length === 0 ? {} : { policy }),
  };
  return {
    ...fresh,
    metadata: { ...metadata, ...(displayName === undefined ? {} : { displayName }) },
    spec: { ...spec, ...kept, origin: withRemoteLimits(spec.origin, old.origin) },
  };
}

/** Keeps the limits of one remote service for another. */
function withRemoteLimits(origin: Manifest['spec']['origin'], old: Manifest['spec']['origin']) {
  if (origin.type !== 'remote_mcp' || old.type !== 'remote_mcp') return origin;
  const kept = REMOTE_LIMITS.flatMap((name) => (old[name] === undefined ? [] : [[name, old[name]] as const]));
  return { ...Object.fromEntries(kept), ...origin };
}

/** Limits of a remote service are members of its origin: another type has them in `spec.policy`. */
function legacyPolicyOf({ spec: { origin } }: Manifest, fresh: Manifest): Partial<ServicePolicy> {
  if (fresh.spec.origin.type === origin.type) return {};
  const pairs = originKind(origin.type).legacyPolicy.flatMap(([older, newer]): [string, unknown][] => {
    const value = originMember(origin, older);
    return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[newer, value]];
  });
  return Object.fromEntries(pairs);
}
