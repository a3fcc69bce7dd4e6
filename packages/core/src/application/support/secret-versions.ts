import { parseAuthRef } from '../../domain/access/auth-ref.ts';
import { isClarityError } from '../../domain/errors/clarity-error.ts';
import type { Manifest } from '../../domain/services/manifest.ts';
import { manifestReferences } from '../../domain/services/manifest-references.ts';
import type { OriginKinds } from '../../domain/services/origin-kinds.ts';

/** Returns the version of a stored secret; undefined when it does not exist. Reads no value. */
export type SecretVersion = (name: string) => Promise<string | undefined>;

/**
 * Returns the versions of the stored secrets that a manifest refers to, by name: null for one that does not exist.
 * @throws ClarityError AUTH_REF_INVALID for a reference that cannot be read, SECRETS_UNSAFE.
 */
export async function secretVersions(
  manifest: Manifest,
  versionOf: SecretVersion,
  kinds?: OriginKinds,
): Promise<Readonly<Record<string, string | null>>> {
  const versions: Record<string, string | null> = {};
  for (const { reference } of manifestReferences(manifest, kinds)) {
    const { scheme, target } = parseAuthRef(reference);
    if (scheme === 'file') versions[target] = (await versionOf(target)) ?? null;
  }
  return versions;
}

/** Returns the same for stored state, which may be foreign: the code of an error replaces the versions that it hides. */
export async function storedSecretVersions(
  manifest: Manifest,
  versionOf: SecretVersion,
  kinds?: OriginKinds,
): Promise<Readonly<Record<string, string | null>> | string> {
  try {
    return await secretVersions(manifest, versionOf, kinds);
  } catch (error) {
    if (isClarityError(error)) return error.code;
    throw error;
  }
}
