import type { Manifest, ManifestMetadata, Origin, ServicePolicy } from '@clarity-runtime/core';
import { DEFAULT_ENTRY, originKind, originMember } from '@clarity-runtime/core/internal';

/** Members of the origin of a remote service that are limits. */
const REMOTE_LIMITS = ['timeoutMs', 'allowedTools', 'maxPayloadBytes', 'maxConcurrency'] as const;

/** Members of the origin of a module that are limits of the operator. `args` and `env` reach no module. */
const MODULE_LIMITS = ['timeoutMs', 'maxMemoryBytes', 'guestHost'] as const;

/** Members that a command sets for every new manifest and has no flag for. */
const DEFAULTED = ['enabled', 'autostart', 'restartPolicy', 'policyRef'] as const;

/**
 * Returns a new manifest with the settings of the service of its name. Its target is new: origin, source, artifact. Everything
 * else stays as the operator set it, unless a flag of the command has another value. `stored` is the manifest as readers see
 * it; the kept members have no hidden values.
 */
export function withKeptSettings(fresh: Manifest, stored: Manifest): Manifest {
  const { type } = fresh.spec.origin;
  const isSameType = stored.spec.origin.type === type;
  const hasProcess = originKind(type).hasProcess === true;
  const given = without(fresh.spec, DEFAULTED);
  const { origin: _, toolNamespace: _name, ...old } = stored.spec;
  const foreign = [
    ...(type === 'local_wasm' ? [] : (['capabilities'] as const)),
    ...(type !== 'local_wasm' || isSameType ? [] : (['start'] as const)),
    ...(hasProcess ? [] : (['limits', 'sandbox'] as const)),
  ];
  const policy = { ...legacyPolicyOf(stored, fresh), ...old.policy, ...given.policy };
  const limits = hasProcess ? { ...old.limits, ...given.limits } : {};
  return {
    ...fresh,
    metadata: { ...keptMetadata(stored.metadata, isSameType), ...fresh.metadata },
    spec: {
      origin: withKeptLimits(fresh.spec.origin, stored.spec.origin),
      ...without(old, foreign),
      ...without(given, ['origin']),
      ...(Object.keys(limits).length === 0 ? {} : { limits }),
      ...(Object.keys(policy).length === 0 ? {} : { policy }),
    },
  };
}

/** Members of the metadata that say nothing about source and artifact. A version belongs to its kind of target. */
function keptMetadata({ displayName, labels, serviceType, version }: ManifestMetadata, isSameType: boolean) {
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(labels === undefined ? {} : { labels }),
    ...(serviceType === undefined ? {} : { serviceType }),
    ...(version === undefined || !isSameType ? {} : { version }),
  };
}

/** Keeps the limits that are members of the origin for another target of the same type. */
function withKeptLimits(origin: Origin, old: Origin): Origin {
  if (origin.type === 'remote_mcp' && old.type === 'remote_mcp') return { ...only(old, REMOTE_LIMITS), ...origin };
  if (origin.type !== 'local_wasm' || old.type !== 'local_wasm') return origin;
  const entry = origin.entry === DEFAULT_ENTRY ? old.entry : origin.entry;
  return { ...only(old, MODULE_LIMITS), ...origin, entry };
}

const only = <T extends object, Name extends keyof T>(members: T, names: readonly Name[]): Partial<Pick<T, Name>> =>
  Object.fromEntries(names.flatMap((name) => (members[name] === undefined ? [] : [[name, members[name]]]))) as Partial<
    Pick<T, Name>
  >;

const without = <T extends object, Name extends keyof T>(members: T, names: readonly Name[]): Omit<T, Name> =>
  Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name as Name))) as Omit<T, Name>;

/** Limits of a remote service are members of its origin: another type has them in `spec.policy`. */
function legacyPolicyOf({ spec: { origin } }: Manifest, fresh: Manifest): Partial<ServicePolicy> {
  if (fresh.spec.origin.type === origin.type) return {};
  const pairs = originKind(origin.type).legacyPolicy.flatMap(([older, newer]): [string, unknown][] => {
    const value = originMember(origin, older);
    return value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [[newer, value]];
  });
  return Object.fromEntries(pairs);
}
