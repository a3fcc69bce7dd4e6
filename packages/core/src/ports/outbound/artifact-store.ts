import type { TenantId } from './store.ts';

/** `wasm` is a module, `interface` its interface document. */
export type ArtifactKind = 'wasm' | 'interface';

/**
 * Immutable bytes under their SHA-256 (lower-case hex). `put` resolves when they are safe; putting the same bytes again is
 * a no-op. `get` checks the digest of what it read and fails with `corrupt` when it differs.
 */
export interface ArtifactStore {
  put(tenant: TenantId, kind: ArtifactKind, bytes: Uint8Array): Promise<string>;
  get(tenant: TenantId, kind: ArtifactKind, sha256: string): Promise<Uint8Array | undefined>;
}

/**
 * Reads a file that somebody named: once, a regular file and no link, at most `maxBytes`. A file that cannot be taken is a
 * `ClarityError` with code ARTIFACT_UNREADABLE that says why.
 */
export interface ArtifactSource {
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** The same, except that a file which is not there is `undefined`. */
  readOptional(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
}
