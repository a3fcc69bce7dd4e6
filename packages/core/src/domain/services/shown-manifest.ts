import { isSameOwner, OPERATOR } from '../access/registrant.ts';
import { ClarityError } from '../errors/clarity-error.ts';
import type { EnvironmentEntry, Manifest } from './manifest.ts';
import { environmentOf, originKind, originMember, withOriginMember, type OriginKinds } from './origin-kinds.ts';
import type { ServiceRecord } from './service.ts';

/** Replaces the value of a variable for readers. In a manifest that is applied it means: keep the stored value. */
export const REDACTED_VALUE = '***';

/** Returns the manifest for readers: values of variables are redacted, because they may be secrets; `secretRef`s remain. */
export const redactedManifest = (manifest: Manifest, kinds?: OriginKinds): Manifest =>
  withEnvironment(manifest, kinds, (entry) => ('value' in entry ? { ...entry, value: REDACTED_VALUE } : entry));

/**
 * Replaces redacted values by the stored ones, so that a manifest that was read can be applied again.
 * @throws ClarityError MANIFEST_INVALID when no value is stored for a redacted variable.
 */
export function restoreRedactedValues(manifest: Manifest, stored: Manifest | undefined, kinds?: OriginKinds): Manifest {
  const known = stored === undefined ? [] : environmentOf(stored.spec.origin, kinds);
  return withEnvironment(manifest, kinds, (entry, at) => {
    if (entry.value !== REDACTED_VALUE) return entry;
    const value = known.find(({ name }) => name === entry.name)?.value;
    if (value !== undefined) return { ...entry, value };
    const field = `spec.origin.${String(originKind(manifest.spec.origin.type, kinds).environment)}[${String(at)}].value`;
    throw new ClarityError('MANIFEST_INVALID', `${field} is redacted and no value of ${entry.name} is stored`, {
      field,
      hint: 'write the value, or name a secret in secretRef',
    });
  });
}

/** Restores redacted values from the first record of the same owner, so that another caller cannot move them. */
export function restoreOwnValues(
  { manifest, registrant = OPERATOR }: ServiceRecord,
  records: readonly (ServiceRecord | undefined)[],
  kinds?: OriginKinds,
): Manifest {
  const own = records.find((one) => one !== undefined && isSameOwner(one.registrant ?? OPERATOR, registrant));
  return restoreRedactedValues(manifest, own?.manifest, kinds);
}

function withEnvironment(
  manifest: Manifest,
  kinds: OriginKinds | undefined,
  change: (entry: EnvironmentEntry, at: number) => EnvironmentEntry,
): Manifest {
  const { origin } = manifest.spec;
  const { environment } = originKind(origin.type, kinds);
  if (environment === undefined || originMember(origin, environment) === undefined) return manifest;
  return withOriginMember(manifest, environment, environmentOf(origin, kinds).map(change));
}
