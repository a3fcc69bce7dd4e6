import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { codeOf } from './store-failure.ts';
import type { FileOperations, OpenFile } from './file-operations.ts';

/** Infix of the names of temporary files. */
export const TEMPORARY = '.tmp-';

/** Input of `writeAtomically`. */
export interface AtomicWrite {
  readonly path: string;
  /** Chunks are read one by one with a turn of the event loop between them. */
  readonly bytes: Uint8Array | Iterable<Uint8Array>;
  /** Keeps the previous content as `<path>.bak`. */
  readonly keepPrevious?: boolean;
  /** Mode of the new file; 0600 when absent. */
  readonly mode?: number;
  /** Called before the old content is replaced. If it throws, the write fails and the file is unchanged. */
  readonly beforeRename?: () => Promise<void>;
}

/**
 * Replaces a file in one step: after a crash it has the complete old or the complete new content. Resolves when the new
 * content is on disk. @throws the error of the file system; the old content is then unchanged, unless only the sync of
 * the folder failed.
 */
export async function writeAtomically(files: FileOperations, write: AtomicWrite): Promise<void> {
  const { path, bytes, keepPrevious = false, mode, beforeRename } = write;
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString('hex')}`;
  try {
    const file = await files.create(temporary);
    try {
      await writeChunks(file, bytes instanceof Uint8Array ? [bytes] : bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mode !== undefined) await files.restrict(temporary, mode);
    await beforeRename?.();
    if (keepPrevious) await replaceBackup(files, path);
    await files.rename(temporary, path);
  } catch (error) {
    await files.remove(temporary).catch(() => undefined);
    throw error;
  }
  await files.syncFolder(dirname(path));
}

async function writeChunks(file: OpenFile, chunks: Iterable<Uint8Array>): Promise<void> {
  let position = 0;
  for (const chunk of chunks) {
    await file.write(chunk, position);
    position += chunk.length;
  }
}

/** Links the file as `<path>.bak`. The backup is replaced in one step, so that one exists at any time. */
async function replaceBackup(files: FileOperations, path: string): Promise<void> {
  const copy = `${path}.bak${TEMPORARY}${randomBytes(6).toString('hex')}`;
  try {
    await files.link(path, copy);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  await files.rename(copy, `${path}.bak`);
  // After an interrupted write both names can be the same file; rename(2) then does nothing and the copy remains.
  await files.remove(copy);
}

/** Removes the temporary files of interrupted writes of a path. Returns their number. */
export async function sweepTemporaries(files: FileOperations, path: string): Promise<number> {
  const folder = dirname(path);
  const names = await files.list(folder);
  const left = names.filter((name) => name.startsWith(basename(path)) && name.includes(TEMPORARY));
  await Promise.all(left.map((name) => files.remove(join(folder, name))));
  return left.length;
}
