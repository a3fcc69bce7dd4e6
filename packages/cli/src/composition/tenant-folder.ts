import { randomBytes } from 'node:crypto';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assertOwn, makeOwnFolder, STATE_FOLDER } from '@clarity-runtime/adapter-store-fs';
import { ClarityError, isStoreError } from '@clarity-runtime/core';
import { DEFAULT_TENANT, isTenantId } from '@clarity-runtime/core/internal';

const REMOVED = '.removed-';

/** The folder `.clarity/tenants` of a workspace, with a folder for each tenant. Links in it are not followed. */
export class TenantFolder {
  readonly #workspace: string;
  readonly #path: string;

  constructor(workspace: string) {
    this.#workspace = workspace;
    this.#path = join(workspace, STATE_FOLDER, 'tenants');
  }

  pathOf(name: string): string {
    return join(this.#path, name);
  }

  /** Returns the names of the tenants, sorted. */
  async names(): Promise<readonly string[]> {
    return (await this.#entries()).filter((name) => isTenantId(name) && name !== DEFAULT_TENANT).sort();
  }

  /** Returns the folders of tenants whose removal did not end. */
  async left(): Promise<readonly string[]> {
    return (await this.#entries()).filter((name) => name.startsWith(REMOVED));
  }

  /** @throws StoreError `forbidden` for a link, and for a folder of another user. */
  async check(name: string): Promise<void> {
    await assertOwn(this.#workspace, this.pathOf(name));
  }

  /** @throws ClarityError STORE_UNAVAILABLE */
  make(name: string): Promise<void> {
    return asUnavailable(() => makeOwnFolder(this.#workspace, this.pathOf(name)));
  }

  /** Takes the folder of a tenant away in one step, and returns its name until it is deleted. @throws ClarityError STORE_UNAVAILABLE */
  setAside(name: string): Promise<string> {
    return asUnavailable(async () => {
      await this.check(name);
      const removed = `${REMOVED}${name}-${randomBytes(4).toString('hex')}`;
      await rename(this.pathOf(name), this.pathOf(removed));
      return removed;
    });
  }

  /** Deletes a folder with its content. */
  async delete(name: string): Promise<void> {
    await this.check(name);
    await rm(this.pathOf(name), { recursive: true, force: true });
  }

  #entries(): Promise<readonly string[]> {
    return readdir(this.#path).catch(() => []);
  }
}

/** Returns the result of an operation of the store of a tenant. @throws ClarityError STORE_UNAVAILABLE with its reason. */
export async function asUnavailable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClarityError) throw error;
    const reason = isStoreError(error) || error instanceof Error ? error.message : String(error);
    throw new ClarityError('STORE_UNAVAILABLE', reason, { cause: error });
  }
}
