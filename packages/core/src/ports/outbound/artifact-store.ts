import type { TenantId } from './store.ts';

/** `wasm` is a module; `interface` is the interface document of a module. */
export type ArtifactKind = 'wasm' | 'interface';

/**
 * Content-addressed store of immutable bytes. The key is their SHA-256 in lower-case hex.
 * `put` resolves when the bytes are durable; it is idempotent. `get` returns undefined for an unknown key.
 * A stored value with another digest is a `StoreError` of kind `corrupt`.
 */
export interface ArtifactStore {
  put(tenant: TenantId, kind: ArtifactKind, bytes: Uint8Array): Promise<string>;
  get(tenant: TenantId, kind: ArtifactKind, sha256: string): Promise<Uint8Array | undefined>;
}

/**
 * Reads files that a caller names: regular files that are not symbolic links, at most `maxBytes`, each file once.
 * @throws ClarityError ARTIFACT_UNREADABLE with the reason.
 */
export interface ArtifactSource {
  /** Returns the bytes of a file. */
  read(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Returns the bytes of a file; undefined if the file does not exist. */
  readOptional(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
}
