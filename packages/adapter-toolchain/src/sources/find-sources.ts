import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { codeOf, messageOf } from '../support/error-text.ts';
import { ToolchainError } from '../support/toolchain-error.ts';
import { EXTENSION } from './find-source.ts';

export interface FoundSourceFiles {
  /** Absolute. */
  readonly folder: string;
  /** Absolute, sorted: regular files only. */
  readonly paths: readonly string[];
}

export interface SearchLimits {
  readonly entries: number;
  readonly sources: number;
}

const LIMITS: SearchLimits = { entries: 100_000, sources: 1_000 };
/** Nobody keeps sources of their own there. */
const isSkipped = (name: string): boolean => name.startsWith('.') || name === 'node_modules';

/** Every `.clarity` file of a folder, and of those below it when asked. No link is followed, so it always ends. */
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
      throw new ToolchainError(`${folder} holds more than can be added at once`, {
        hint: 'name a folder further down',
      });
    }
  }
  return { folder, paths: paths.sort() };
}

async function entriesOf(folder: string, isFirst: boolean): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (!isFirst) return [];
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such folder' : messageOf(error);
    throw new ToolchainError(`${folder} cannot be read: ${reason}`);
  }
}
