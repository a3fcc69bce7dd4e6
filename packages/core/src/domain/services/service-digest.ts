import { ClarityError } from '../errors/clarity-error.ts';
import { contentDigest } from '../json/digest.ts';
import { toPrintableAscii } from '../text/safe-text.ts';
import type { ServiceRecord } from './service.ts';

const digests = new WeakMap<object, { readonly artifact: unknown; readonly digest: string }>();

/** Returns the SHA-256 of the manifest and the artifact of a record, in lower-case hex. State such as a quarantine is not in it. */
export function serviceDigest({ serviceId, manifest, artifact }: ServiceRecord): string {
  const known = digests.get(manifest);
  if (known !== undefined && known.artifact === artifact) return known.digest;
  const digest = contentDigest([serviceId, manifest, artifact ?? null]);
  digests.set(manifest, { artifact, digest });
  return digest;
}

/** @throws ClarityError REVISION_CONFLICT when the caller has seen another record. */
export function assertSeen(record: ServiceRecord | undefined, seen: string | null | undefined): void {
  const now = record === undefined ? null : serviceDigest(record);
  if (seen === undefined || seen === now) return;
  const subject = `the record is ${now ?? 'absent'}, the change is for ${toPrintableAscii(seen ?? 'an absent one', 64)}`;
  throw new ClarityError('REVISION_CONFLICT', subject, { field: 'digest' });
}
