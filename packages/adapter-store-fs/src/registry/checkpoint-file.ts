import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { sweepTemporaries, writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import type { StateTrust } from '../trust/state-trust.ts';
import { emptyRegistry, type RegistryState } from './registry-state.ts';

/** Codec of a checkpoint file. */
export interface CheckpointFormat<T> {
  /** Name of the file. */
  readonly name: string;
  encode(state: RegistryState<T>, at: Date): Uint8Array;
  /**
   * Parses a file. `isLegacy`: an older format that has to be rewritten. `document`: the parsed JSON.
   * @throws StoreError `corrupt` when it is damaged, `invalid` when a later version wrote it.
   */
  decode(bytes: Uint8Array): {
    readonly state: RegistryState<T>;
    readonly isLegacy: boolean;
    readonly document: unknown;
  };
}

/** Result of reading a checkpoint. */
export interface ReadCheckpoint<T> {
  readonly state: RegistryState<T>;
  /** The file or its copy is missing, damaged, of an older format or behind the other. */
  readonly needsWrite: boolean;
  readonly recovered?: { readonly damaged: string; readonly reason: string };
}

/** Options of `readCheckpoint`. */
export interface CheckpointOptions {
  readonly folder: string;
  readonly files: FileOperations;
  readonly now: () => Date;
  readonly trust?: StateTrust;
}

/** Writes a checkpoint and then its copy `<name>.bak`, each in one step. @throws StoreError with the path. */
export async function writeCheckpoint<T>(
  format: CheckpointFormat<T>,
  state: RegistryState<T>,
  { folder, files, now, trust }: CheckpointOptions,
): Promise<number> {
  const path = join(folder, format.name);
  const bytes = format.encode(state, now());
  try {
    const write = async (marked: Uint8Array): Promise<void> => {
      for (const name of [path, `${path}.bak`]) await writeAtomically(files, { path: name, bytes: marked });
    };
    await (trust === undefined ? write(bytes) : trust.marks.save(format.name, bytes, write));
  } catch (error) {
    throw storeFailure(error, path);
  }
  return bytes.length;
}

/**
 * Reads a checkpoint. A damaged or missing file is replaced by its copy, and kept as `<name>.damaged-<time>`.
 * @throws StoreError `corrupt` when both are damaged, `invalid` when a later version wrote the file; `forbidden`,
 * `exhausted` or `unavailable` when a file cannot be used.
 */
export async function readCheckpoint<T>(
  format: CheckpointFormat<T>,
  { folder, files, now, trust }: CheckpointOptions,
): Promise<ReadCheckpoint<T>> {
  const path = join(folder, format.name);
  await sweepTemporaries(files, path).catch((error: unknown) => {
    throw storeFailure(error, folder);
  });
  const main = await read(path, files, format);
  const copy = await read(`${path}.bak`, files, format, main);
  if (main === undefined && copy === undefined) return { state: emptyRegistry, needsWrite: false };
  const used = main !== undefined && !isStoreError(main) ? main : copy;
  if (used !== undefined && !isStoreError(used)) trust?.judge(format.name, { document: used.document });
  if (main !== undefined && !isStoreError(main)) {
    const isCopied = copy !== undefined && !isStoreError(copy) && copy.state.changes === main.state.changes;
    return { state: main.state, needsWrite: main.isLegacy || !isCopied };
  }
  if (copy === undefined || isStoreError(copy)) {
    const about = copy === undefined ? 'it has no backup' : `its backup is damaged too (${copy.message})`;
    throw new StoreError('corrupt', `${path}: ${main?.message ?? 'missing'}; ${about}`);
  }
  const damaged = `${path}.damaged-${String(now().getTime())}`;
  if (main !== undefined) await files.rename(path, damaged);
  const reason = main?.message ?? `${path} was missing`;
  return { state: copy.state, needsWrite: true, recovered: { damaged, reason } };
}

type ReadFile<T> = ReturnType<CheckpointFormat<T>['decode']> & { readonly bytes: Uint8Array };

/**
 * Returns undefined only if the file does not exist, and an error value if its content is damaged. A file with the bytes of
 * `known` is not parsed again: a checkpoint and its copy usually have the same.
 * @throws StoreError when the file exists but cannot be read, or a later version wrote it.
 */
async function read<T>(
  path: string,
  files: FileOperations,
  format: CheckpointFormat<T>,
  known?: ReadFile<T> | StoreError,
): Promise<ReadFile<T> | StoreError | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
    await files.restrict(path, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  if (known !== undefined && !isStoreError(known) && Buffer.compare(known.bytes, bytes) === 0) return known;
  try {
    return { ...format.decode(bytes), bytes };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    if (error.kind === 'invalid') throw new StoreError('invalid', `${path}: ${error.message}`, { cause: error });
    return error;
  }
}
