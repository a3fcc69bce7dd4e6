import type { Stats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { join, parse, relative, resolve, sep } from 'node:path';
import { codeOf } from './error-text.ts';
import { ToolchainError } from './toolchain-error.ts';

/** Folder of a workspace whose content may come from another user. */
const STATE_FOLDER = '.clarity';

/**
 * Creates a folder with its parents. From the last `.clarity` of the path on, no element may be a link: a cloned workspace
 * could lead the output of a compiler to another place. Links before it are choices of the user.
 * @throws ToolchainError with the element that is a link or not a folder.
 */
export async function makeUnlinkedFolder(folder: string): Promise<void> {
  await assertUnlinked(folder);
  await mkdir(folder, { recursive: true });
  await assertUnlinked(folder);
}

async function assertUnlinked(folder: string): Promise<void> {
  const { root } = parse(resolve(folder));
  const names = relative(root, resolve(folder)).split(sep);
  const first = names.lastIndexOf(STATE_FOLDER);
  if (first === -1) return;
  for (let end = first + 1; end <= names.length; end += 1) {
    const path = join(root, ...names.slice(0, end));
    const stats = await statOf(path);
    if (stats === undefined) return;
    if (stats.isDirectory()) continue;
    throw new ToolchainError(`${path} is ${stats.isSymbolicLink() ? 'a link' : 'not a folder'}`, {
      hint: 'remove it; the folder is created again',
    });
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
