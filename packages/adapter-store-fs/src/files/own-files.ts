import { lstatSync, type Stats } from 'node:fs';
import { lstat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { StoreError } from '@clarity-runtime/core';
import { nodeFiles, type FileOperations } from './file-operations.ts';
import { codeOf } from './store-failure.ts';

/** Name of the folder of a workspace that only its user may change. */
export const STATE_FOLDER = '.clarity';

/** Options of `ownFiles`. */
export interface OwnFilesOptions {
  readonly files?: FileOperations;
  /** The user that must own every element; the effective user when absent. Undefined on systems without user ids. */
  readonly uid?: number | undefined;
  /**
   * While it returns true, the checks block this thread. A program that opens its store waits for them anyway, and a look-up
   * costs a twentieth without the thread pool. Default: never.
   */
  readonly isOpening?: () => boolean;
}

/**
 * Returns file operations for the paths below `<root>/.clarity`. Every element of a path below `root` must be a folder, the
 * last one a regular file or a folder, and all must belong to the effective user. No operation follows a link.
 * @throws StoreError `forbidden` with the path of the element that is not.
 */
export function ownFiles(root: string, options: OwnFilesOptions = {}): FileOperations {
  const { files = nodeFiles, uid = process.geteuid?.(), isOpening = () => false } = options;
  const check = (path: string): Promise<void> => assertOwn(root, path, { uid, isBlocking: isOpening() });
  return {
    mkdir: async (path) => {
      await check(path);
      await files.mkdir(path);
      await check(path);
    },
    create: async (path) => {
      await check(path);
      return files.create(path);
    },
    update: async (path) => {
      await check(path);
      return files.update(path);
    },
    read: async (path) => {
      await check(path);
      return files.read(path);
    },
    link: async (from, to) => {
      await check(from);
      await check(dirname(to));
      await files.link(from, to);
    },
    rename: async (from, to) => {
      await check(from);
      await check(dirname(to));
      await files.rename(from, to);
    },
    remove: async (path) => {
      await check(dirname(path));
      await files.remove(path);
    },
    list: async (folder) => {
      await check(folder);
      return files.list(folder);
    },
    restrict: async (path, mode) => {
      await check(path);
      await files.restrict(path, mode);
    },
    syncFolder: async (folder) => {
      await check(folder);
      await files.syncFolder(folder);
    },
  };
}

/** Options of `assertOwn`. */
export interface AssertOwnOptions {
  /** The user that must own every element; the effective user when absent. */
  readonly uid?: number | undefined;
  /** The look-ups block this thread. */
  readonly isBlocking?: boolean;
}

/**
 * Checks each existing element of a path below `root`; `root` itself may be a link and belong to any user.
 * @throws StoreError `forbidden` with the element.
 */
export async function assertOwn(root: string, path: string, options: AssertOwnOptions = {}): Promise<void> {
  const { uid = process.geteuid?.(), isBlocking = false } = options;
  const below = relative(root, path);
  if (below === '' || below === '..' || below.startsWith(`..${sep}`)) {
    throw new StoreError('forbidden', `${path}: the path is not below ${root}`);
  }
  const names = below.split(sep);
  let current = root;
  for (const [at, name] of names.entries()) {
    current = join(current, name);
    const stats = isBlocking ? blockingStatOf(current) : await statOf(current);
    if (stats === undefined) return;
    const problem = problemOf(stats, at === names.length - 1, uid);
    if (problem !== undefined) throw new StoreError('forbidden', `${current}: ${problem}`);
  }
}

function problemOf(stats: Stats, isLast: boolean, uid: number | undefined): string | undefined {
  if (stats.isSymbolicLink()) return 'the path is a link';
  if (!stats.isDirectory() && !(isLast && stats.isFile())) {
    return isLast ? 'the path is not a regular file or a folder' : 'the path is not a folder';
  }
  if (uid === undefined || stats.uid === uid) return undefined;
  return `the path belongs to uid ${String(stats.uid)}, not to uid ${String(uid)}`;
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function blockingStatOf(path: string): Stats | undefined {
  try {
    // Most of the files of a new workspace do not exist: an error for each would cost more than its look-up.
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * Creates a folder below `<root>/.clarity` with mode 0700, and `.clarity/.gitignore`, which excludes everything.
 * @throws StoreError `forbidden` as `ownFiles` does.
 */
export async function makeOwnFolder(
  root: string,
  folder: string,
  files: FileOperations = ownFiles(root),
): Promise<void> {
  await files.mkdir(folder);
  const path = join(root, STATE_FOLDER, '.gitignore');
  await assertOwn(root, path);
  // Without `wx` a file of the user would be replaced.
  await writeFile(path, '*\n', { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}
