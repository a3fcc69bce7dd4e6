import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { codeOf } from '../support/error-text.ts';

export interface Place {
  /** Absolute. */
  readonly path: string;
  /** Undefined when nothing stands there. */
  readonly stat: Stats | undefined;
}

export const forbidden = (path: string): ClarityError => new ClarityError('PATH_FORBIDDEN', toPrintableAscii(path));

/**
 * Where a path leads that is to stay below `root`, which is a real path itself. Each part is looked at: a link on the way
 * leads elsewhere, whatever it points to, and is PATH_FORBIDDEN.
 */
export async function placeBelow(root: string, path: string): Promise<Place> {
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
