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
import { registrantOf } from '@clarity-runtime/core/internal';
import type { SecretStore, TenantId } from '@clarity-runtime/core/ports';
import { sweepTemporaries, writeAtomically } from '../files/atomic-file.ts';
import { nodeFiles, type FileOperations } from '../files/file-operations.ts';
import { retried } from '../files/retrying-files.ts';
import { codeOf, storeFailure } from '../files/store-failure.ts';
import { readSecretFile } from './read-secret-file.ts';
import {
  digestOf,
  entryOf,
  isPlain,
  readEntries,
  readScope,
  sidecarPath,
  writeEntries,
  type ScopeEntry,
} from './secret-sidecar.ts';
import { SecretFolder, statOf } from './secret-folder.ts';
import { secretsOfTenant } from './secrets-of-tenant.ts';

/** Options of `fsSecretStore`. */
export interface FsSecretStoreOptions {
  /** Created with mode 0700 at the first write. */
  readonly root: string;
  readonly files?: FileOperations;
  /** Detected when absent. */
  readonly isCaseSensitive?: boolean;
  /** The tenant that the folder belongs to; `default` when absent. */
  readonly tenant?: TenantId;
}

const MAX_NAME_COUNT = 500;
const MAX_ENTRY_COUNT = 10_000;

/**
 * Returns the store of secrets: one file with mode 0600 per secret, in folders with mode 0700. Lists at most 500 names.
 * @throws ClarityError SECRETS_UNSAFE when another user can write to the root, SECRET_NAME_TAKEN when a name differs only
 * in case on a case-insensitive file system; StoreError when a file cannot be read or written, also when it is tried again.
 */
export function fsSecretStore(options: FsSecretStoreOptions): SecretStore {
  const { files = nodeFiles } = options;
  const root = resolve(options.root);
  const folder = new SecretFolder(root);
  let last: Promise<unknown> = Promise.resolve();

  /** Runs one change at a time, because a write removes the temporary files of earlier ones. */
  const change = <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const done = last.then(async () => withStoreErrors(name, work));
    last = done.catch(() => undefined);
    return done;
  };

  const assertNameFree = async (name: string): Promise<void> => {
    if (!(await folder.exists()) || (options.isCaseSensitive ?? (await folder.isCaseSensitive()))) return;
    let place = root;
    for (const segment of name.split('/')) {
      const other = (await readdir(place)).find((there) => there !== segment && differsInCaseOnly(there, segment));
      if (other !== undefined) throw new ClarityError('SECRET_NAME_TAKEN', `'${other}'`);
      place = join(place, segment);
      if ((await statOf(place))?.isDirectory() !== true) return;
    }
  };

  const secrets: SecretStore = {
    root,
    names: () => withStoreErrors('the list', async () => ((await folder.exists()) ? listed(root) : [])),
    read: (_tenant, name) =>
      withStoreErrors(name, async () => {
        assertSecretName(name);
        const parent = await folder.folderOf(name);
        if (parent === undefined) return undefined;
        const path = join(parent, basename(name));
        const secret = await readSecretFile(path);
        return secret === undefined ? undefined : { secret, ...(await readScope(path, digestOf(secret))) };
      }),
    scope: (_tenant, name) =>
      withStoreErrors(name, async () => {
        assertSecretName(name);
        const parent = await folder.folderOf(name);
        if (parent === undefined) return undefined;
        const path = join(parent, basename(name));
        if (!(await assertReplaceable(path))) return undefined;
        const entries = await readEntries(path);
        // Only two entries need the value: it decides which of them is in force.
        const secret = entries.length > 1 ? await readSecretFile(path) : undefined;
        return readScope(path, secret && digestOf(secret));
      }),
    write: (_tenant, name, { secret, ...scope }, { caller }) =>
      change(name, async () => {
        assertSecretName(name);
        assertSecretValue(secret);
        await assertNameFree(name);
        const path = join(await folder.makeFolderOf(name), basename(name));
        const isReplaced = await assertReplaceable(path);
        await sweepTemporaries(files, path);
        await sweepTemporaries(files, sidecarPath(path));
        const before = isReplaced ? await readEntries(path).catch(() => []) : [];
        const entry = entryOf(secret, scope, { createdBy: registrantOf(caller), before });
        const hasScope = before.length > 0 || !isPlain(entry);
        // A crash between the writes leaves both entries. The digest of the value decides which of them is in force.
        if (hasScope) await writeEntries(files, path, isReplaced ? [...(await entriesInForce(path)), entry] : [entry]);
        await writeAtomically(files, { path, bytes: new TextEncoder().encode(secret.reveal()) });
        if (hasScope && isReplaced) await writeEntries(files, path, [entry]);
      }),
    remove: (_tenant, name) => {
      // A repeated removal finds no value, but the first one did.
      let isRemoved = false;
      return change(name, async () => {
        assertSecretName(name);
        const parent = await folder.folderOf(name);
        if (parent === undefined) return false;
        const path = join(parent, basename(name));
        if (!(await assertReplaceable(path)) && !isRemoved) return false;
        isRemoved = true;
        await files.remove(path);
        if ((await statOf(sidecarPath(path))) !== undefined) await files.remove(sidecarPath(path));
        await files.syncFolder(parent);
        return true;
      });
    },
    health: async () => {
      try {
        const exists = await withStoreErrors('the folder', () => folder.exists());
        return { healthy: true, exists, detail: exists ? 'the secrets folder is private' : 'no secret is stored yet' };
      } catch (error) {
        const detail = isClarityError(error) ? error.failure.message : 'the secrets folder cannot be read';
        return { healthy: false, exists: true, detail };
      }
    },
  };
  return secretsOfTenant(secrets, options.tenant);
}

/** Returns the entry of the value that is stored now. A plain file gets one, so that a crash does not give it the new scope. */
async function entriesInForce(path: string): Promise<readonly ScopeEntry[]> {
  try {
    const secret = await readSecretFile(path);
    if (secret === undefined) return [];
    const { hosts, services, createdBy, version } = await readScope(path, digestOf(secret));
    const [digest, registrant] = [digestOf(secret), { ...createdBy }];
    return [{ digest, version, hosts: [...hosts], services: [...services], createdBy: registrant }];
  } catch (error) {
    // A damaged value cannot be sent anywhere, so it needs no destinations.
    if (isClarityError(error) && error.code === 'SECRET_INVALID') return [];
    throw error;
  }
}

const differsInCaseOnly = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Returns true for a regular file, false if the path does not exist. @throws ClarityError AUTH_REF_INVALID otherwise. */
async function assertReplaceable(path: string): Promise<boolean> {
  const stats = await statOf(path);
  if (stats === undefined) return false;
  if (stats.isFile()) return true;
  throw new ClarityError('AUTH_REF_INVALID', 'a link or a folder has the name of this secret');
}

async function listed(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  const open = [''];
  for (let seen = 0; open.length > 0 && seen < MAX_ENTRY_COUNT;) {
    const prefix = open.pop() ?? '';
    for (const entry of await readdir(join(root, prefix), { withFileTypes: true })) {
      seen += 1;
      const name = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      if (!isSecretName(name)) continue;
      if (entry.isDirectory()) open.push(name);
      else if (entry.isFile()) found.push(name);
    }
  }
  return found.sort().slice(0, MAX_NAME_COUNT);
}

async function withStoreErrors<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await retried(work);
  } catch (error) {
    if (isClarityError(error)) throw error;
    const { kind } = storeFailure(error, '');
    const code = codeOf(error) ?? 'failed';
    if (kind === 'forbidden')
      throw new ClarityError('SECRETS_UNSAFE', `clarityd has no access to the folder (${code})`);
    // The message of the system contains the path of the folder.
    throw new StoreError(kind, `secret ${what} (${code})`, { cause: error });
  }
}
