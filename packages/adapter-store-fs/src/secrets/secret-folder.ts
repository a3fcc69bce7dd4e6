import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { codeOf } from '../files/store-failure.ts';

const OTHERS_MAY_WRITE = 0o022;
const PRIVATE = 0o700;

const unsafe = (why: string): ClarityError => new ClarityError('SECRETS_UNSAFE', why);

export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Where secrets may be kept: a folder that is really there, that is ours, and that nobody else can write to. */
export class SecretFolder {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** False when there is none; SECRETS_UNSAFE, with the reason, when it may not be used. */
  async isThere(): Promise<boolean> {
    const stats = await statOf(this.root);
    if (stats === undefined) return false;
    assertSafe(stats, 'it');
    return true;
  }

  /**
   * The folder of a name, really inside the root and no link on the way; undefined when it is not there. A link answers
   * the same whatever is behind it.
   */
  async folderOf(name: string): Promise<string | undefined> {
    if (!(await this.isThere())) return undefined;
    const real = await realpath(this.root);
    let folder = real;
    for (const segment of name.split('/').slice(0, -1)) {
      folder = join(folder, segment);
      const stats = await statOf(folder);
      if (stats === undefined) return undefined;
      assertSafe(stats, `'${segment}' in it`);
    }
    if ((await realpath(folder)) !== folder) throw unsafe(`'${name}' leads out of it`);
    return folder;
  }

  /** The same, made with mode 0700 where it is not there, and given that mode where it is looser. */
  async makeFolderOf(name: string): Promise<string> {
    if (!(await this.isThere())) await mkdir(this.root, { recursive: true, mode: PRIVATE });
    const segments = name.split('/').slice(0, -1);
    await tighten(this.root);
    for (const at of segments.keys()) {
      const folder = join(this.root, ...segments.slice(0, at + 1));
      await mkdir(folder, { mode: PRIVATE }).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      const stats = await statOf(folder);
      if (stats !== undefined) assertSafe(stats, `'${segments[at] ?? ''}' in it`);
      await tighten(folder);
    }
    const folder = await this.folderOf(name);
    if (folder === undefined) throw unsafe('it was removed');
    return folder;
  }

  /** Whether this file system takes `Token` and `token` for two names. */
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
  if (!stats.isDirectory()) throw unsafe(`${what} is no folder`);
  const me = process.getuid?.();
  if (me === undefined) return;
  if (stats.uid !== me) throw unsafe(`${what} belongs to another user`);
  if ((stats.mode & OTHERS_MAY_WRITE) !== 0) throw unsafe(`other users can write to ${what === 'it' ? 'it' : what}`);
}

/** After the folder was found to be a folder of ours. */
async function tighten(folder: string): Promise<void> {
  await chmod(folder, PRIVATE);
}
