import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { codeOf } from '../files/store-failure.ts';

const OTHERS_MAY_WRITE = 0o022;
const PRIVATE = 0o700;

const unsafe = (why: string): ClarityError => new ClarityError('SECRETS_UNSAFE', why);

/** Returns the status of a path without following a link; undefined if it does not exist. */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** The root folder of secrets. It must be a real folder of this user that no other user can write to. */
export class SecretFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Returns whether the root exists. @throws ClarityError SECRETS_UNSAFE with the reason when it is not safe. */
  async exists(): Promise<boolean> {
    const stats = await statOf(this.root);
    if (stats === undefined) return false;
    assertSafe(stats, 'the path');
    return true;
  }

  /**
   * Returns the folder of a name after checking that it is inside the root; undefined if it does not exist.
   * @throws ClarityError SECRETS_UNSAFE when a segment is a link, also if its target does not exist.
   */
  async folderOf(name: string): Promise<string | undefined> {
    if (!(await this.exists())) return undefined;
    const real = await realpath(this.root);
    let folder = real;
    for (const segment of name.split('/').slice(0, -1)) {
      folder = join(folder, segment);
      const stats = await statOf(folder);
      if (stats === undefined) return undefined;
      assertSafe(stats, `'${segment}' in the folder`);
    }
    if ((await realpath(folder)) !== folder) throw unsafe(`'${name}' is outside of the folder`);
    return folder;
  }

  /** Returns the folder of a name. Creates missing folders and sets mode 0700 on existing ones. */
  async makeFolderOf(name: string): Promise<string> {
    if (!(await this.exists())) await mkdir(this.root, { recursive: true, mode: PRIVATE });
    const segments = name.split('/').slice(0, -1);
    await makePrivate(this.root);
    for (const at of segments.keys()) {
      const folder = join(this.root, ...segments.slice(0, at + 1));
      await mkdir(folder, { mode: PRIVATE }).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      const stats = await statOf(folder);
      if (stats !== undefined) assertSafe(stats, `'${segments[at] ?? ''}' in the folder`);
      await makePrivate(folder);
    }
    const folder = await this.folderOf(name);
    if (folder === undefined) throw unsafe('the folder was removed');
    return folder;
  }

  /** Returns whether the file system distinguishes `Token` and `token`. */
  async isCaseSensitive(): Promise<boolean> {
    const name = basename(this.root);
    const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
    if (other === name) return true;
    const [here, there] = await Promise.all([statOf(this.root), statOf(join(dirname(this.root), other))]);
    return here === undefined || there === undefined || here.ino !== there.ino || here.dev !== there.dev;
  }
}

function assertSafe(stats: Stats, what: string): void {
  if (stats.isSymbolicLink()) throw unsafe(`${what} is a link`);
  if (!stats.isDirectory()) throw unsafe(`${what} is not a folder`);
  const me = process.getuid?.();
  if (me === undefined) return;
  if (stats.uid !== me) throw unsafe(`${what} belongs to another user`);
  if ((stats.mode & OTHERS_MAY_WRITE) !== 0) throw unsafe(`other users can write to ${what}`);
}

/** Sets mode 0700 on a folder that was checked before. */
async function makePrivate(folder: string): Promise<void> {
  await chmod(folder, PRIVATE);
}
