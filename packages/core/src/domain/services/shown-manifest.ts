import { isSameOwner, OPERATOR } from '../access/registrant.ts';
import { ClarityError } from '../errors/clarity-error.ts';
import type { Manifest, Origin } from './manifest.ts';
import {
  configuredValues,
  maskedOrigin,
  maskedUrl,
  REDACTED_VALUE,
  shortLocation,
  type ManifestView,
} from './masked-origin.ts';
import { originKind, type OriginKinds } from './origin-kinds.ts';
import type { ServiceRecord } from './service.ts';

/**
 * Returns the manifest for readers. The operator sees references and hidden values as `***`; a client sees scheme and host of
 * an endpoint and the base name of a program.
 */
export function redactedManifest(manifest: Manifest, kinds?: OriginKinds, view: ManifestView = 'operator'): Manifest {
  const { metadata, spec } = manifest;
  const kind = originKind(spec.origin.type, kinds);
  const { sourceFile, workspaceRoot, ...rest } = metadata;
  const places =
    view === 'client'
      ? { sourceFile: shortLocation(sourceFile) }
      : { sourceFile: shownSource(sourceFile), ...(workspaceRoot === undefined ? {} : { workspaceRoot }) };
  return {
    ...manifest,
    metadata: { ...rest, ...places },
    spec: { ...spec, origin: maskedOrigin<Origin>(spec.origin, kind, view) },
  };
}

/** Returns the source of a service for lists: a URL without query and user. */
export const shownSource = (sourceFile: string): string => maskedUrl(sourceFile).split(/[?#]/, 1)[0] ?? '';

/** Returns the configured values of a service that its results and logs must not show. */
export const hiddenValues = ({ spec: { origin } }: Manifest, kinds?: OriginKinds): readonly string[] =>
  configuredValues(origin, originKind(origin.type, kinds));

/**
 * Replaces hidden values by the stored ones, so that a manifest that was read can be applied again.
 * @throws ClarityError MANIFEST_INVALID when no value is stored for a hidden one.
 */
export function restoreRedactedValues(manifest: Manifest, stored: Manifest | undefined, kinds?: OriginKinds): Manifest {
  const { origin } = manifest.spec;
  if (!JSON.stringify(origin).includes(REDACTED_VALUE)) return manifest;
  const isSameKind = stored?.spec.origin.type === origin.type;
  const shown = isSameKind ? redactedManifest(stored, kinds).spec.origin : undefined;
  const restored = restore(origin, { shown, stored: isSameKind ? stored.spec.origin : undefined }, 'spec.origin');
  return { ...manifest, spec: { ...manifest.spec, origin: restored as Origin } };
}

interface Known {
  readonly shown: unknown;
  readonly stored: unknown;
}

function restore(value: unknown, known: Known, field: string): unknown {
  if (typeof value === 'string') {
    if (!value.includes(REDACTED_VALUE)) return value;
    if (value === known.shown && typeof known.stored === 'string') return known.stored;
    throw new ClarityError('MANIFEST_INVALID', `${field} is redacted and no value of it is stored`, {
      field,
      hint: 'write the value, or name a secret in secretRef',
    });
  }
  if (Array.isArray(value)) {
    return value.map((item, at) => restore(item, memberOf(known, item, at), `${field}[${String(at)}]`));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      restore(member, memberOf(known, undefined, key), `${field}.${key}`),
    ]),
  );
}

/** Returns a member of both forms; an entry of a list by its name, else by its place. */
function memberOf({ shown, stored }: Known, item: unknown, key: string | number): Known {
  const name = nameOf(item);
  const isList = Array.isArray(stored);
  const at = isList && name !== undefined ? stored.findIndex((entry) => nameOf(entry) === name) : key;
  const of = (value: unknown): unknown => (value as Readonly<Record<string | number, unknown>> | undefined)?.[at];
  return { shown: of(shown), stored: of(stored) };
}

const nameOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as { readonly name?: unknown }).name : undefined;

/** Restores hidden values from the first record of the same owner, so that another caller cannot move them. */
export function restoreOwnValues(
  { manifest, registrant = OPERATOR }: ServiceRecord,
  records: readonly (ServiceRecord | undefined)[],
  kinds?: OriginKinds,
): Manifest {
  const own = records.find((one) => one !== undefined && isSameOwner(one.registrant ?? OPERATOR, registrant));
  return restoreRedactedValues(manifest, own?.manifest, kinds);
}

/**
 * Returns the input of `apply` with hidden values of its location restored, which are part of the identity of a service: from
 * the record `former`, the one with the given id, or the one that readers see like this. `recordsOf` is called for such input
 * only.
 */
export function restoreLocation(
  input: unknown,
  recordsOf: () => readonly ServiceRecord[],
  { kinds, former }: { readonly kinds?: OriginKinds; readonly former?: string | undefined } = {},
): unknown {
  const given = input as Partial<Manifest> | null;
  if (given?.spec?.origin === undefined || !JSON.stringify(given.spec.origin).includes(REDACTED_VALUE)) return input;
  const { serviceId, module } = given.metadata ?? {};
  const origin = JSON.stringify(given.spec.origin);
  const records = recordsOf();
  const found =
    records.find((record) => record.serviceId === (former ?? serviceId)) ??
    records.find(
      ({ manifest }) =>
        manifest.metadata.module === module && JSON.stringify(redactedManifest(manifest, kinds).spec.origin) === origin,
    );
  if (found === undefined) return input;
  const restored = restoreRedactedValues(given as Manifest, found.manifest, kinds);
  const isSameSource = given.metadata?.sourceFile === redactedManifest(found.manifest, kinds).metadata.sourceFile;
  const { sourceFile } = found.manifest.metadata;
  return isSameSource ? { ...restored, metadata: { ...restored.metadata, sourceFile } } : restored;
}
