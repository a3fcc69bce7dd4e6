import { sha256Hex } from '../domain/json/digest.ts';
import type { ArtifactKind, ArtifactStore, TenantId } from '../ports/index.ts';

/** Artifacts in memory, until the process ends. */
export class MemoryArtifactStore implements ArtifactStore {
  readonly #artifacts = new Map<string, Uint8Array>();

  put(tenant: TenantId, kind: ArtifactKind, bytes: Uint8Array): Promise<string> {
    const sha256 = sha256Hex(bytes);
    this.#artifacts.set(`${tenant}/${sha256}.${kind}`, bytes.slice());
    return Promise.resolve(sha256);
  }

  get(tenant: TenantId, kind: ArtifactKind, sha256: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#artifacts.get(`${tenant}/${sha256}.${kind}`)?.slice());
  }
}
