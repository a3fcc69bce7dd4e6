import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './store-failure.ts';
import type { FileOperations, OpenFile } from './file-operations.ts';

export const TEMPORARY = '.tmp-';

export interface AtomicWrite {
  readonly path: string;
  /** Pieces are asked for one by one, so that the event loop turns between them. */
  readonly bytes: Uint8Array | Iterable<Uint8Array>;
  /** Keeps what stood there as `<path>.bak`. */
  readonly keepPrevious?: boolean;
  /** Of the new file, as soon as it is there; 0600 when absent. */
  readonly mode?: number;
  /** The last word before the old content goes: what it throws ends the write, and nothing was changed. */
  readonly beforeRename?: () => Promise<void>;
}

/**
 * Either the old content stands at the path or the new one, whole and on disk, whatever happens on the way. Resolves when
 * the new content would survive a power cut.
 */
export async function writeAtomically(files: FileOperations, write: AtomicWrite): Promise<void> {
  const { path, bytes, keepPrevious = false, mode, beforeRename } = write;
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString('hex')}`;
  try {
    const file = await files.create(temporary);
    try {
      await writePieces(file, bytes instanceof Uint8Array ? [bytes] : bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mode !== undefined) await files.restrict(temporary, mode);
    await beforeRename?.();
    if (keepPrevious) await keep(files, path);
    await files.rename(temporary, path);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.syncFolder(dirname(path));
}

async function writePieces(file: OpenFile, pieces: Iterable<Uint8Array>): Promise<void> {
  let position = 0;
  for (const piece of pieces) {
    await file.write(piece, position);
    position += piece.length;
  }
}

/** The good copy is replaced in one step, so that there is always one. */
async function keep(files: FileOperations, path: string): Promise<void> {
  const copy = `${path}.bak${TEMPORARY}${randomBytes(6).toString('hex')}`;
  try {
    await files.link(path, copy);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  await files.rename(copy, `${path}.bak`);
  // When a write was interrupted between the two renames, both names are one file already, and renaming does nothing.
  await files.remove(copy);
}

/** Removes what an interrupted write left beside the path. */
export async function sweepTemporaries(files: FileOperations, path: string): Promise<number> {
  const folder = dirname(path);
  const names = await files.list(folder);
  const left = names.filter((name) => name.startsWith(basename(path)) && name.includes(TEMPORARY));
  await Promise.all(left.map((name) => files.remove(join(folder, name))));
  return left.length;
}
