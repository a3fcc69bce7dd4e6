import { sha256Hex } from '../json/digest.ts';
import type { Manifest } from './manifest.ts';
import { originKind, type OriginKinds } from './origin-kinds.ts';

/**
 * Returns the id of a service: `svc_` and the first 12 hex digits of a SHA-256 over the identity of the manifest as written:
 * `<sourceFile>|<module>|<wasmPath or endpoint>`, or `<JSON of [command, ...args]>|<module>|<cwd>` for a process.
 */
export function deriveServiceId(manifest: Pick<Manifest, 'metadata' | 'spec'>, kinds?: OriginKinds): string {
  const {
    metadata,
    spec: { origin },
  } = manifest;
  const kind = originKind(origin.type, kinds);
  const seed =
    kind.identitySeed?.(origin, metadata) ?? `${metadata.sourceFile}|${metadata.module}|${kind.location(origin)}`;
  return `svc_${sha256Hex(seed).slice(0, 12)}`;
}

/** Returns the key of the program that a manifest builds: type, source and module; undefined for a service without a source. */
export const programKey = ({ metadata, spec }: Manifest, kinds: OriginKinds): string | undefined =>
  originKind(spec.origin.type, kinds).isBuiltFromSource
    ? JSON.stringify([spec.origin.type, metadata.sourceFile, metadata.module])
    : undefined;
