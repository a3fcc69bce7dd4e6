import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { TEMPORARY } from './atomic-file.ts';
import type { FileOperations, OpenFile } from './file-operations.ts';
import { codeOf } from './store-failure.ts';

/** Suffixes of files whose blocks are kept for the next write, so that it succeeds on a full disk. */
const SPARES = ['.spare', '.spare2'] as const;
/** Size of every file that is written here; most file systems allocate this many bytes at once. */
const BLOCK_BYTES = 4096;

/** A document and the file that has it or gets it. */
export interface KeptWrite {
  readonly path: string;
  /** JSON of at most 4 KiB. Spaces at its end are written up to that size. */
  readonly text: string;
}

/** Returns the text with the spaces that `stageKept` adds. */
export const toBlock = (text: string): string => `${text.trimEnd().padEnd(BLOCK_BYTES - 1)}\n`;

/**
 * Writes a document to a temporary file beside `path` and returns the path of that file. Uses a spare file if there is one,
 * so that the write needs no space. @throws the error of the file system.
 */
export async function stageKept(files: FileOperations, { path, text }: KeptWrite): Promise<string> {
  const temporary = `${path}${TEMPORARY}${randomBytes(6).toString('hex')}`;
  const bytes = Buffer.from(toBlock(text));
  const spare = await openSpare(files, path, temporary);
  const file = spare ?? (await files.create(temporary));
  try {
    await file.write(bytes, 0);
    if (spare !== undefined) await file.truncate(bytes.length);
    await file.sync();
  } catch (error) {
    // A file that is not written completely has no block to keep.
    if (spare === undefined) await files.remove(temporary).catch(() => undefined);
    else await returnSpare(files, path, temporary);
    throw error;
  } finally {
    await file.close();
  }
  return temporary;
}

/**
 * Replaces a file in one step, as `writeAtomically` does, and keeps the blocks of the old file for the next write.
 * @throws the error of the file system; the old content is then unchanged, unless only the sync of the folder failed.
 */
export async function replaceKept(files: FileOperations, write: KeptWrite): Promise<void> {
  const { path } = write;
  const staged = await stageKept(files, write);
  try {
    // After a crash between the two steps the spare is the file itself; `update` then refuses it.
    await keepAsSpare(files, path);
    await files.rename(staged, path);
  } catch (error) {
    await returnSpare(files, path, staged);
    throw error;
  }
  await files.syncFolder(dirname(path));
  await fillSpare(files, path);
}

/** Removes a file and keeps its blocks for the next write. */
export async function removeKept(files: FileOperations, path: string): Promise<void> {
  await keepAsSpare(files, path);
  await files.remove(path);
}

/** Creates the spare file if it does not exist. Does nothing without space. */
export async function fillSpare(files: FileOperations, path: string): Promise<void> {
  const spare = path + SPARES[0];
  let file: OpenFile;
  try {
    file = await files.create(spare);
  } catch {
    return;
  }
  try {
    await file.write(Buffer.alloc(BLOCK_BYTES, ' '), 0);
    await file.sync();
  } catch {
    await files.remove(spare).catch(() => undefined);
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** Gives the blocks of a temporary file back. */
export async function returnSpare(files: FileOperations, path: string, temporary: string): Promise<void> {
  await keepAsSpare(files, path, temporary);
  await files.remove(temporary).catch(() => undefined);
}

/** Moves a spare file to `temporary` and opens it. Returns undefined without a usable one. */
async function openSpare(files: FileOperations, path: string, temporary: string): Promise<OpenFile | undefined> {
  for (const suffix of SPARES) {
    try {
      await files.rename(path + suffix, temporary);
      return await files.update(temporary);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') await files.remove(temporary).catch(() => undefined);
    }
  }
  return undefined;
}

/** Links a file as a spare file of `path`, if one is missing. The file itself must then be replaced or removed. */
export async function keepAsSpare(files: FileOperations, path: string, from = path): Promise<void> {
  for (const suffix of SPARES) {
    try {
      await files.link(from, path + suffix);
      return;
    } catch (error) {
      // Without links, or with all spares in place, the blocks are released.
      if (codeOf(error) !== 'EEXIST') return;
    }
  }
}
