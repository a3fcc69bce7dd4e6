import { lutimes } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, systemClock } from '@clarity-runtime/core';
import { DEFAULT_TENANT, isTenantId, sha256Hex } from '@clarity-runtime/core/internal';
import type { ArtifactKind, ArtifactStore, Clock, TenantId } from '@clarity-runtime/core/ports';
import { writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { retryTransient } from '../files/retry-schedule.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

/** Options of `fsArtifactStore`. */
export interface FsArtifactStoreOptions {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  readonly files?: FileOperations;
  readonly clock?: Clock;
}

const suffix: Readonly<Record<ArtifactKind, string>> = { wasm: '.wasm', interface: '.interface.json' };
const SHA256 = /^[a-f0-9]{64}$/;

/**
 * Returns the store of artifacts in a folder: `<sha256>.wasm` and `<sha256>.interface.json`, in a subfolder for each tenant but
 * `default`. `get` throws StoreError `invalid` for a name that is not a digest and `corrupt` when the content has another digest.
 */
export function fsArtifactStore(options: FsArtifactStoreOptions): ArtifactStore {
  const { folder, files = nodeFiles, clock = systemClock } = options;
  const after = (ms: number): Promise<void> => clock.after(ms);
  const folderOf = (tenant: TenantId): string => {
    if (!isTenantId(tenant)) throw new StoreError('invalid', 'the tenant is not valid');
    return tenant === DEFAULT_TENANT ? folder : join(folder, tenant);
  };
  const pathOf = (tenant: TenantId, kind: ArtifactKind, sha256: string): string =>
    join(folderOf(tenant), `${sha256}${suffix[kind]}`);

  const get: ArtifactStore['get'] = async (tenant, kind, sha256) => {
    if (!SHA256.test(sha256))
      throw new StoreError('invalid', 'the name of an artifact is a SHA-256 digest of 64 hex digits');
    const path = pathOf(tenant, kind, sha256);
    let bytes: Uint8Array;
    try {
      bytes = await files.read(path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw storeFailure(error, path);
    }
    if (sha256Hex(bytes) !== sha256) throw new StoreError('corrupt', `${path}: the digest does not match the content`);
    return bytes;
  };

  return {
    get,
    put: async (tenant, kind, bytes) => {
      const sha256 = sha256Hex(bytes);
      const path = pathOf(tenant, kind, sha256);
      const write = async (): Promise<void> => {
        for (const each of new Set([folder, folderOf(tenant)])) {
          await files.mkdir(each);
          await files.restrict(each, 0o700);
        }
        if (!(await isWhole(get(tenant, kind, sha256)))) await writeAtomically(files, { path, bytes });
        // Its age decides when it is collected.
        else await lutimes(path, new Date(), new Date()).catch(() => undefined);
      };
      try {
        await retryTransient(write, after);
      } catch (error) {
        throw storeFailure(error, path);
      }
      return sha256;
    },
  };
}

/** Returns false also for a damaged file, so that it is written again. */
async function isWhole(found: Promise<Uint8Array | undefined>): Promise<boolean> {
  try {
    return (await found) !== undefined;
  } catch (error) {
    if (error instanceof StoreError && error.kind === 'corrupt') return false;
    throw error;
  }
}
