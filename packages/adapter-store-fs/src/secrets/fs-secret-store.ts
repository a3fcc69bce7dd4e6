import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  assertSecretName,
  assertSecretValue,
  ClarityError,
  isClarityError,
  isSecretName,
  StoreError,
} from '@clarity-runtime/core';
import type { SecretStore } from '@clarity-runtime/core/ports';
import { sweepTemporaries, writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { readSecretFile } from './read-secret-file.ts';
import { SecretFolder, statOf } from './secret-folder.ts';

export interface FsSecretStoreOptions {
  /** Made with mode 0700 at the first write. */
  readonly root: string;
  readonly files?: FileOperations;
  /** Found out when absent. */
  readonly isCaseSensitive?: boolean;
}

const MAX_LISTED = 500;
const MAX_ENTRIES = 10_000;

/** One file of mode 0600 for each secret, in folders of mode 0700 below a root that nobody else can write to. */
export function fsSecretStore(options: FsSecretStoreOptions): SecretStore {
  const { files = nodeFiles } = options;
  const root = resolve(options.root);
  const folder = new SecretFolder(root);
  let turn: Promise<unknown> = Promise.resolve();

  /** One change at a time: a write sweeps what an earlier one left unfinished. */
  const change = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const done = turn.then(async () => guarded(name, work));
    turn = done.catch(() => undefined);
    return done;
  };

  const assertUnlike = async (name: string): Promise<void> => {
    if (!(await folder.isThere()) || (options.isCaseSensitive ?? (await folder.isCaseSensitive()))) return;
    let place = root;
    for (const segment of name.split('/')) {
      const other = (await readdir(place)).find((there) => there !== segment && sameLetters(there, segment));
      if (other !== undefined) throw new ClarityError('SECRET_NAME_TAKEN', `'${other}'`);
      place = join(place, segment);
      if ((await statOf(place))?.isDirectory() !== true) return;
    }
  };

  return {
    root,
    names: () => guarded('the list', async () => ((await folder.isThere()) ? listed(root) : [])),
    read: (_tenant, name) =>
      guarded(name, async () => {
        assertSecretName(name);
        const parent = await folder.folderOf(name);
        return parent === undefined ? undefined : readSecretFile(join(parent, basename(name)));
      }),
    write: (_tenant, name, secret) =>
      change(name, async () => {
        assertSecretName(name);
        assertSecretValue(secret);
        await assertUnlike(name);
        const path = join(await folder.makeFolderOf(name), basename(name));
        await assertReplaceable(path);
        await sweepTemporaries(files, path);
        await writeAtomically(files, { path, bytes: new TextEncoder().encode(secret.reveal()) });
      }),
    remove: (_tenant, name) =>
      change(name, async () => {
        assertSecretName(name);
        const parent = await folder.folderOf(name);
        if (parent === undefined) return false;
        const path = join(parent, basename(name));
        if (!(await assertReplaceable(path))) return false;
        await files.remove(path);
        await files.syncFolder(parent);
        return true;
      }),
    health: async () => {
      try {
        const exists = await guarded('the folder', () => folder.isThere());
        return { healthy: true, exists, detail: exists ? 'the secrets folder is private' : 'nothing is stored yet' };
      } catch (error) {
        const detail = isClarityError(error) ? error.failure.message : 'the secrets folder cannot be read';
        return { healthy: false, exists: true, detail };
      }
    },
  };
}

const sameLetters = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** True when a regular file stands there, false when nothing does; anything else is refused and left alone. */
async function assertReplaceable(path: string): Promise<boolean> {
  const stats = await statOf(path);
  if (stats === undefined) return false;
  if (stats.isFile()) return true;
  throw new ClarityError('AUTH_REF_INVALID', 'what stands under this name is no secret but a link or a folder');
}

async function listed(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [''];
  for (let seen = 0; open.length > 0 && seen < MAX_ENTRIES;) {
    const prefix = open.pop() ?? '';
    for (const entry of await readdir(join(root, prefix), { withFileTypes: true })) {
      seen += 1;
      const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (!isSecretName(name)) continue;
      if (entry.isDirectory()) open.push(name);
      else if (entry.isFile()) found.push(name);
    }
  }
  return found.sort().slice(0, MAX_LISTED);
}

async function guarded<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isClarityError(error)) throw error;
    const { kind } = storeFailure(error, '');
    const code = codeOf(error) ?? 'failed';
    if (kind === 'forbidden') throw new ClarityError('SECRETS_UNSAFE', `clarityd may not use it (${code})`);
    // The system's own message has the path of the folder in it.
    throw new StoreError(kind, `secret ${what} (${code})`, { cause: error });
  }
}
