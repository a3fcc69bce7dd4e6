import { ClarityError } from '../errors/clarity-error.ts';
import type { EnvironmentEntry, Manifest } from './manifest.ts';

/** Stands where a value of a variable is not shown. In a manifest that is applied it means: as it is. */
export const REDACTED_VALUE = '***';

/** The manifest for a reader: values of variables are hidden, since they may be secrets; references to secrets stay. */
export const redactedManifest = (manifest: Manifest): Manifest =>
  withEnvironment(manifest, (entry) => ('value' in entry ? { ...entry, value: REDACTED_VALUE } : entry));

/**
 * Puts what is stored in the place of values that are hidden, so that what was read can be applied again. MANIFEST_INVALID
 * where nothing is stored for a variable.
 */
export function restoreRedactedValues(manifest: Manifest, stored: Manifest | undefined): Manifest {
  const known = stored === undefined ? [] : environmentOf(stored);
  return withEnvironment(manifest, (entry, at) => {
    if (entry.value !== REDACTED_VALUE) return entry;
    const value = known.find(({ name }) => name === entry.name)?.value;
    if (value !== undefined) return { ...entry, value };
    const field = `spec.origin.env[${String(at)}].value`;
    throw new ClarityError('MANIFEST_INVALID', `${field} is hidden, and no value of ${entry.name} is stored`, {
      field,
      hint: 'write the value itself, or name a secret with secretRef',
    });
  });
}

const environmentOf = ({ spec: { origin } }: Manifest): readonly EnvironmentEntry[] =>
  ('env' in origin ? origin.env : undefined) ?? [];

function withEnvironment(
  manifest: Manifest,
  change: (entry: EnvironmentEntry, at: number) => EnvironmentEntry,
): Manifest {
  const { origin } = manifest.spec;
  if (origin.type === 'remote_mcp' || origin.env === undefined) return manifest;
  return { ...manifest, spec: { ...manifest.spec, origin: { ...origin, env: origin.env.map(change) } } };
}
