import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError, systemClock } from '@clarity-runtime/core';
import { retryTransient } from '../files/retry-schedule.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import type { LoginSealer } from '@clarity-runtime/core/ports';
import { loginSealer } from './login-sealer.ts';
import { derivedKeys, workspaceSeal, type DerivedKey, type WorkspaceSeal } from './workspace-seal.ts';

const NAME = 'user.key';
const KEY_BYTES = 32;
const MAX_KEY_COUNT = 2;
/** Larger than two keys as text with line breaks, so that a longer file is detected. */
const MAX_FILE_BYTES = 512;

/** The key of this user. It marks the state of every workspace that the user trusts. */
export interface UserKey {
  /** The file of the key. */
  readonly path: string;
  /** Reason why the key is lost when this process ends; undefined for a stored key. */
  readonly ephemeral?: string;
  seal(workspaceId: string): WorkspaceSeal;
  /** Encrypts the tokens of logins. It does not depend on the workspace, so that a moved workspace keeps its logins. */
  readonly sealer: LoginSealer;
  /** Returns keys for a purpose outside of this package, one for each key of the file, the current one first. */
  derive(purpose: string): readonly DerivedKey[];
}

/** Options of `openUserKey`. */
export interface UserKeyOptions {
  /** Folder of `user.key`. Created with mode 0700 if it does not exist. */
  readonly folder: string;
  /** File that replaces `user.key`. It must exist; owner, mode and links are not checked. */
  readonly keyFile?: string | undefined;
  readonly files?: KeyFiles;
}

/** Operations of the file system that open the key. */
export type KeyFiles = Pick<typeof fs, 'chmod' | 'link' | 'lstat' | 'mkdir' | 'open' | 'rm'>;

/**
 * Opens the key of this user and creates it at the first use: 32 random bytes with mode 0600. A file may contain two keys
 * for rotation, the current one first: as bytes, or as lines of base64url or hex. Returns an ephemeral key if no key can exist:
 * the folder cannot be written and has none. A key that exists and cannot be read is an error: with an ephemeral key this start
 * would mark the state of the workspace, and the next start would not trust it.
 * @throws StoreError `corrupt` when the file is not a key, `forbidden` when it is a link or belongs to another user, and the kind
 * of the failure when it cannot be read.
 */
export async function openUserKey({ folder, keyFile, files = fs }: UserKeyOptions): Promise<UserKey> {
  const repeated = <T>(work: () => Promise<T>): Promise<T> => retryTransient(work, (ms) => systemClock.after(ms));
  if (keyFile !== undefined)
    return keyOf(keyFile, await repeated(() => readKeyFile(files, keyFile, { isPrivate: false })));
  const path = join(folder, NAME);
  try {
    return keyOf(path, await repeated(() => openOwnKey(files, folder, path)));
  } catch (error) {
    if (error instanceof StoreError) throw error;
    if (await repeated(() => mayExist(files, path)).catch(() => true)) throw storeFailure(error, path);
    const reason = error instanceof Error ? error.message : String(error);
    return keyOf(path, [randomBytes(KEY_BYTES)], reason);
  }
}

async function openOwnKey(files: KeyFiles, folder: string, path: string): Promise<readonly Uint8Array[]> {
  await files.mkdir(folder, { recursive: true, mode: 0o700 });
  const { mode } = await assertOwned(files, folder, 'folder');
  // A disk that is full or read-only refuses a change that is not needed.
  if ((mode & 0o777) !== 0o700) await files.chmod(folder, 0o700);
  const found = await readKeyFile(files, path, { isPrivate: true }).catch(missing);
  return found ?? createKey(files, path);
}

/** No key of this user is below a folder that is not there or that this user cannot enter. */
async function mayExist(files: KeyFiles, path: string): Promise<boolean> {
  try {
    await files.lstat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** Two processes may create the key at the same time: the link of the first one wins, and both use that key. */
async function createKey(files: KeyFiles, path: string): Promise<readonly Uint8Array[]> {
  const temporary = `${path}.tmp-${randomBytes(6).toString('hex')}`;
  const handle = await files.open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(randomBytes(KEY_BYTES));
    await handle.sync();
    await files.link(temporary, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await handle.close();
    await files.rm(temporary, { force: true }).catch(() => undefined);
  }
  return readKeyFile(files, path, { isPrivate: true });
}

async function readKeyFile(
  files: KeyFiles,
  path: string,
  { isPrivate }: { readonly isPrivate: boolean },
): Promise<readonly Uint8Array[]> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const isOpen = isPrivate && ((await assertOwned(files, path, 'file')).mode & 0o777) !== 0o600;
  const handle = await files.open(path, O_RDONLY | O_NONBLOCK | (isPrivate ? O_NOFOLLOW : 0));
  try {
    if (isOpen) await handle.chmod(0o600);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_FILE_BYTES), 0, MAX_FILE_BYTES, 0);
    const keys = parseKeys(buffer.subarray(0, bytesRead));
    if (keys === undefined) {
      throw new StoreError('corrupt', `${path}: not a key; it must contain one or two keys of 32 bytes`);
    }
    return keys;
  } finally {
    await handle.close();
  }
}

const HEX = /^[0-9a-f]{64}$/i;
const BASE64 = /^[\w+/-]{43}=?$/;

/** Returns the keys of a file; undefined for other content. */
function parseKeys(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const lines = Buffer.from(bytes).toString('latin1').trim().split(/\s+/);
  if (lines.length <= MAX_KEY_COUNT && lines.every((line) => HEX.test(line) || BASE64.test(line))) {
    return lines.map((line) => Buffer.from(line, HEX.test(line) ? 'hex' : 'base64'));
  }
  if (bytes.length === 0 || bytes.length % KEY_BYTES !== 0 || bytes.length > KEY_BYTES * MAX_KEY_COUNT)
    return undefined;
  return Array.from({ length: bytes.length / KEY_BYTES }, (_, at) => bytes.slice(at * KEY_BYTES, (at + 1) * KEY_BYTES));
}

async function assertOwned(files: KeyFiles, path: string, type: 'file' | 'folder'): Promise<Stats> {
  const stats = await files.lstat(path);
  if (!(type === 'file' ? stats.isFile() : stats.isDirectory())) {
    throw new StoreError('forbidden', `${path}: not a regular ${type}`);
  }
  const me = process.geteuid?.();
  if (me !== undefined && stats.uid !== me) {
    throw new StoreError('forbidden', `${path}: belongs to uid ${String(stats.uid)}, not to uid ${String(me)}`);
  }
  return stats;
}

function missing(error: unknown): undefined {
  if (codeOf(error) === 'ENOENT') return undefined;
  throw error;
}

const keyOf = (path: string, keys: readonly Uint8Array[], ephemeral?: string): UserKey => ({
  path,
  ...(ephemeral === undefined ? {} : { ephemeral }),
  seal: (workspaceId) => workspaceSeal(keys, workspaceId),
  sealer: loginSealer(keys, ephemeral),
  derive: (purpose) => derivedKeys(keys, purpose),
});
