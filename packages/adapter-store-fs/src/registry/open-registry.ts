import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import type { RecordBacking } from '@clarity-runtime/core/registry';
import { sweepTemporaries, writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { emptyRegistry, fileBacking, type RegistryState } from './registry-state.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import type { StateTrust } from '../trust/state-trust.ts';

/** Options of a registry on the file system. */
export interface FsRegistryOptions {
  /** Created with mode 0700 if it does not exist. */
  readonly folder: string;
  readonly files?: FileOperations;
  readonly now?: () => Date;
  /** Marks and judges the file; without it the file has a digest only. */
  readonly trust?: StateTrust;
  /** Called after a damaged file was moved to the path `damaged` and replaced by its backup. */
  readonly onRecovered?: (what: { readonly damaged: string; readonly reason: string }) => void;
}

/** Codec of a registry file. */
export interface RegistryFormat<T> {
  /** Name of the file. */
  readonly name: string;
  encode(state: RegistryState<T>, at: Date): Uint8Array;
  /** Parses a file. `isLegacy`: an older format that has to be rewritten. @throws StoreError `corrupt`. */
  decode(bytes: Uint8Array): { readonly state: RegistryState<T>; readonly isLegacy: boolean };
}

/**
 * Opens a registry file. Reads it once; later reads use memory, and every change is on disk before it resolves. The
 * previous version of the file is kept as `<name>.bak`. Restores a damaged file from this backup and keeps the damaged
 * one as `<name>.damaged-<time>`.
 * @throws StoreError `corrupt` when the backup is missing or damaged too; `forbidden`, `exhausted` or `unavailable` when
 * the files cannot be used.
 */
export async function openRegistry<T>(
  format: RegistryFormat<T>,
  options: FsRegistryOptions,
): Promise<RecordBacking<T>> {
  const { folder, files = nodeFiles, now = () => new Date(), trust } = options;
  const path = join(folder, format.name);
  const save = async (state: RegistryState<T>, keepPrevious = true): Promise<void> => {
    try {
      const write = (bytes: Uint8Array): Promise<void> => writeAtomically(files, { path, bytes, keepPrevious });
      const bytes = format.encode(state, now());
      await (trust === undefined ? write(bytes) : trust.marks.save(format.name, bytes, write));
    } catch (error) {
      throw storeFailure(error, path);
    }
  };

  const load = async (): Promise<RegistryState<T>> => {
    const main = await read(path, files, { format, trust });
    if (main !== undefined && !isStoreError(main)) {
      // An older format has no digest. It is accepted once and rewritten with a digest.
      if (main.isLegacy) await save(main.state);
      return main.state;
    }
    const copy = await read(`${path}.bak`, files, { format, trust });
    if (main === undefined && copy === undefined) return emptyRegistry;
    if (copy === undefined || isStoreError(copy)) {
      const about = copy === undefined ? 'it has no backup' : `its backup is damaged too (${copy.message})`;
      throw new StoreError('corrupt', `${path}: ${main?.message ?? 'missing'}; ${about}`);
    }
    const damaged = `${path}.damaged-${String(now().getTime())}`;
    if (main !== undefined) await files.rename(path, damaged);
    options.onRecovered?.({ damaged, reason: main?.message ?? `${path} was missing` });
    await save(copy.state, false);
    return copy.state;
  };

  try {
    await files.mkdir(folder);
    await files.restrict(folder, 0o700);
    await sweepTemporaries(files, path);
  } catch (error) {
    throw storeFailure(error, folder);
  }
  return fileBacking({ initial: await load(), save, now });
}

/**
 * Returns undefined only if the file does not exist, and an error value if its content is damaged.
 * @throws StoreError when the file exists but cannot be read.
 */
async function read<T>(
  path: string,
  files: FileOperations,
  { format, trust }: { readonly format: RegistryFormat<T>; readonly trust: StateTrust | undefined },
): Promise<ReturnType<RegistryFormat<T>['decode']> | StoreError | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
    await files.restrict(path, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  trust?.judge(format.name, bytes);
  try {
    return format.decode(bytes);
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}
