import { join } from 'node:path';
import { isStoreError, StoreError } from '@clarity-runtime/core';
import { sweepTemporaries, writeAtomically } from '../files/atomic-file.ts';
import type { FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { claimedDigest } from '../trust/state-marks.ts';
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
 * Reads a checkpoint: the file, or its copy if only that verifies. A damaged or missing file is replaced by its copy, and kept
 * as `<name>.damaged-<time>`.
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
  const [first, ...others] = [main, copy].filter((file): file is ReadFile<T> => file?.type === 'read');
  refuseLater([main, copy], first?.digest);
  if (first === undefined) {
    if (main === undefined && copy === undefined) return { state: emptyRegistry, needsWrite: false };
    const about = copy === undefined ? 'it has no backup' : `its backup is damaged too (${messageOf(copy)})`;
    throw new StoreError('corrupt', `${path}: ${main === undefined ? 'missing' : messageOf(main)}; ${about}`);
  }
  const used = trust === undefined ? first : trust.marks.verified(format.name, [first, ...others]);
  trust?.judge(format.name, { document: used.document });
  if (used === main) {
    const isCopied = copy?.type === 'read' && Buffer.compare(copy.bytes, main.bytes) === 0;
    return { state: main.state, needsWrite: main.isLegacy || !isCopied };
  }
  const damaged = `${path}.damaged-${String(now().getTime())}`;
  if (main !== undefined) await files.rename(path, damaged);
  const reason = main === undefined ? `${path} was missing` : messageOf(main);
  return { state: used.state, needsWrite: true, recovered: { damaged, reason } };
}

type ReadFile<T> = ReturnType<CheckpointFormat<T>['decode']> & {
  readonly type: 'read';
  readonly bytes: Uint8Array;
  /** The digest that the file claims. */
  readonly digest: string | undefined;
};

interface UnreadFile {
  readonly type: 'unread';
  readonly error: StoreError;
  readonly digest: string | undefined;
}

const messageOf = (file: Pick<ReadFile<unknown>, 'type'> | UnreadFile): string =>
  file.type === 'unread' ? file.error.message : 'its mark does not verify';

/**
 * A file of a later version is refused, unless it has the content of the one that was read: then only its version is damaged.
 * @throws StoreError `invalid`
 */
function refuseLater(files: readonly (ReadFile<unknown> | UnreadFile | undefined)[], digest: string | undefined): void {
  for (const file of files) {
    if (file?.type !== 'unread' || file.error.kind !== 'invalid') continue;
    if (digest === undefined || file.digest !== digest) throw file.error;
  }
}

/**
 * Returns undefined only if the file does not exist. A file with the bytes of `known` is not parsed again: a checkpoint and
 * its copy usually have the same.
 * @throws StoreError when the file exists but cannot be read.
 */
async function read<T>(
  path: string,
  files: FileOperations,
  format: CheckpointFormat<T>,
  known?: ReadFile<T> | UnreadFile,
): Promise<ReadFile<T> | UnreadFile | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await files.read(path);
    await files.restrict(path, 0o600);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw storeFailure(error, path);
  }
  if (known?.type === 'read' && Buffer.compare(known.bytes, bytes) === 0) return known;
  const digest = claimedDigest(bytes);
  try {
    return { type: 'read', ...format.decode(bytes), bytes, digest };
  } catch (error) {
    if (!isStoreError(error)) throw error;
    if (error.kind !== 'invalid') return { type: 'unread', error, digest };
    return { type: 'unread', error: new StoreError('invalid', `${path}: ${error.message}`, { cause: error }), digest };
  }
}
