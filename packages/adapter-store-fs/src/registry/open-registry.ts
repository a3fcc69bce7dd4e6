import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { emptyRegistry, type RegistryState } from '@clarity-runtime/core/registry';
import { sweepTemporaries, writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { RegistryWriter } from './registry-writer.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';

export interface FsRegistryOptions {
  /** Created with mode 0700 when it is not there. */
  readonly folder: string;
  readonly files?: FileOperations;
  readonly now?: () => Date;
  /** Told when a damaged file was put aside and its good copy taken. */
  readonly onRecovered?: (what: { readonly damaged: string; readonly reason: string }) => void;
}

/** How a state stands in its file. */
export interface RegistryFormat<T> {
  /** Of the file in the folder. */
  readonly name: string;
  encode(state: RegistryState<T>, at: Date): Uint8Array;
  /** Throws `corrupt` for what is not as it was written. `aged`: of a version before this one, to be written anew. */
  decode(bytes: Uint8Array): { readonly state: RegistryState<T>; readonly aged: boolean };
}

/**
 * A state in a file, with the one before as `<name>.bak`: read once, then memory is the truth and every change is on disk
 * before it is answered. A damaged file is put aside for its copy, and refused with `corrupt` when that is damaged too.
 */
export async function openRegistry<T>(
  format: RegistryFormat<T>,
  options: FsRegistryOptions,
): Promise<RegistryWriter<T>> {
  const { folder, files = nodeFiles, now = () => new Date() } = options;
  const path = join(folder, format.name);
  const save = async (state: RegistryState<T>, keepPrevious = true): Promise<void> => {
    try {
      await writeAtomically(files, { path, bytes: format.encode(state, now()), keepPrevious });
    } catch (error) {
      throw storeFailure(error, path);
    }
  };

  const load = async (): Promise<RegistryState<T>> => {
    const main = await read(path, files, format);
    if (main !== undefined && !isStoreError(main)) {
      // Once: what has no digest is believed, and has one from then on.
      if (main.aged) await save(main.state);
      return main.state;
    }
    const copy = await read(`${path}.bak`, files, format);
    if (main === undefined && copy === undefined) return emptyRegistry;
    if (copy === undefined || isStoreError(copy)) {
      const about = copy === undefined ? 'there is no copy' : `its copy is damaged too (${copy.message})`;
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
  return new RegistryWriter(await load(), save);
}

/** `undefined` when there is no file; an error value when it is damaged. That it cannot be read is never taken for absence. */
async function read<T>(
  path: string,
  files: FileOperations,
  format: RegistryFormat<T>,
): Promise<ReturnType<RegistryFormat<T>['decode']> | StoreError | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
    await files.restrict(path, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  try {
    return format.decode(bytes);
  } catch (error) {
    if (isStoreError(error)) return error;
    throw error;
  }
}
