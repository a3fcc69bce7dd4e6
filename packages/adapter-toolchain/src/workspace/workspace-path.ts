import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { codeOf } from '../support/error-text.ts';

/** A path in the workspace and its status. */
export interface WorkspacePath {
  /** Absolute path. */
  readonly path: string;
  /** Undefined if the path does not exist. */
  readonly stat: Stats | undefined;
}

/** Returns the error for a path outside of the workspace. */
export const forbidden = (path: string): ClarityError => new ClarityError('PATH_FORBIDDEN', toPrintableAscii(path));

/**
 * Resolves a path below `root`, which must be a real path.
 * @throws ClarityError PATH_FORBIDDEN when the path is outside of the root or a part of it is a link.
 */
export async function resolveBelow(root: string, path: string): Promise<WorkspacePath> {
  if (path.includes('\0')) throw forbidden(path);
  const below = relative(root, resolve(root, path));
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) throw forbidden(path);
  let current = root;
  let stat: Stats | undefined = await lstat(root);
  for (const part of below.split(sep).filter((name) => name !== '')) {
    current = join(current, part);
    if (stat !== undefined) stat = await statOf(current);
    if (stat?.isSymbolicLink() === true) throw forbidden(path);
  }
  return { path: current, stat };
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return undefined;
    throw code === 'ENOTDIR' || code === 'ENAMETOOLONG' ? forbidden(path) : error;
  }
}
