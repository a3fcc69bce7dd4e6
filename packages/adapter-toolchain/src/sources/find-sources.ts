import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ToolchainError } from '../support/toolchain-error.ts';
import { EXTENSION } from './find-source.ts';

/** Source files of a folder. */
export interface FoundSourceFiles {
  /** Absolute path. */
  readonly folder: string;
  /** Absolute paths of regular files, sorted. */
  readonly paths: readonly string[];
}

/** Maximum number of visited entries and of found sources. */
export interface SearchLimits {
  readonly entries: number;
  readonly sources: number;
}

const LIMITS: SearchLimits = { entries: 100_000, sources: 1_000 };
/** Folders without sources of the user. */
const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

/**
 * Returns the `.clarity` files of a folder, with `recursive` also of its subfolders. Follows no links, so that it always
 * ends. @throws ToolchainError when the folder cannot be read or has more than 100,000 entries or 1,000 sources.
 */
export async function findSources(
  cwd: string,
  named: string,
  { recursive, limits = LIMITS }: { readonly recursive: boolean; readonly limits?: SearchLimits },
): Promise<FoundSourceFiles> {
  const folder = resolve(cwd, named);
  const paths: string[] = [];
  const waiting = [folder];
  let entries = 0;
  for (let current = waiting.shift(); current !== undefined; current = waiting.shift()) {
    for (const entry of await entriesOf(current, current === folder)) {
      entries += 1;
      if (entry.isFile() && entry.name.endsWith(EXTENSION)) paths.push(join(current, entry.name));
      if (recursive && entry.isDirectory() && !isSkipped(entry.name)) waiting.push(join(current, entry.name));
    }
    if (entries > limits.entries || paths.length > limits.sources) {
      throw new ToolchainError(
        `${folder} contains more than ${String(limits.sources)} sources or ${String(limits.entries)} entries`,
        {
          hint: 'name a subfolder',
        },
      );
    }
  }
  return { folder, paths: paths.sort() };
}

async function entriesOf(folder: string, isFirst: boolean): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (!isFirst) return [];
    const reason = codeOf(error) === 'ENOENT' ? 'folder not found' : messageOf(error);
    throw new ToolchainError(`${folder} cannot be read: ${reason}`);
  }
}
