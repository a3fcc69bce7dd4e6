import { ClarityError, isClarityError, type SecretScope } from '@clarity-runtime/core';
import { registrantOf, systemCaller } from '@clarity-runtime/core/internal';
import type { SecretStore, StoredSecret, TenantId } from '@clarity-runtime/core/ports';
import type { FileOperations } from '../files/file-operations.ts';
import type { StateTrust } from '../trust/state-trust.ts';
import { fsSecretStore } from './fs-secret-store.ts';
import type { SecretIndex } from './secret-index.ts';
import { secretsOfTenant } from './secrets-of-tenant.ts';
import { digestOf, entryOf, type ScopeEntry } from './secret-sidecar.ts';

/** Options of `markedSecretStore`. */
export interface MarkedSecretStoreOptions {
  /** Folder of the values, and folder of their copies. Both are created with mode 0700 at the first write. */
  readonly root: string;
  readonly copyRoot: string;
  readonly index: SecretIndex;
  readonly trust: StateTrust;
  readonly files?: FileOperations;
  /** The tenant of the workspace; `default` when absent. */
  readonly tenant?: TenantId;
}

/**
 * Opens the secrets of a workspace: each value is in two files, and the marked index has its digest and its destinations.
 * A value without an entry is never used: another program wrote it, or an older file was put back. Secrets of an earlier
 * version, and those that are there when the operator trusts the workspace, get entries.
 * @throws StoreError when the index cannot be written.
 */
export async function markedSecretStore(options: MarkedSecretStoreOptions): Promise<SecretStore> {
  const { root, copyRoot, index, trust, files } = options;
  const own = files === undefined ? {} : { files };
  const store = new MarkedSecrets(fsSecretStore({ root, ...own }), fsSecretStore({ root: copyRoot, ...own }), index);
  trust.onGrant(() => store.adopt());
  if (trust.state.trusted) await (index.isNew ? store.adopt() : store.settle());
  return secretsOfTenant(store, options.tenant);
}

const TENANT: TenantId = 'default';
const byRuntime = { caller: systemCaller, op: 'mark' };

class MarkedSecrets implements SecretStore {
  readonly #values: SecretStore;
  readonly #copies: SecretStore;
  readonly #index: SecretIndex;
  #last: Promise<unknown> = Promise.resolve();

  constructor(values: SecretStore, copies: SecretStore, index: SecretIndex) {
    this.#values = values;
    this.#copies = copies;
    this.#index = index;
  }

  get root(): string {
    return this.#values.root ?? '';
  }

  names(tenant: TenantId): Promise<readonly string[]> {
    return this.#values.names(tenant);
  }

  health(): ReturnType<SecretStore['health']> {
    return this.#values.health();
  }

  async read(tenant: TenantId, name: string): Promise<StoredSecret | undefined> {
    const entries = this.#index.of(name);
    let problem: unknown;
    let isThere = false;
    // Only an entry shows that a copy is more than the rest of a refused write.
    for (const store of entries.length === 0 ? [this.#values] : [this.#values, this.#copies]) {
      try {
        const stored = await store.read(tenant, name);
        const found = stored && entries.find(({ digest }) => digest === digestOf(stored.secret));
        if (stored !== undefined && found !== undefined) return { secret: stored.secret, ...scopeOf(found) };
        isThere ||= stored !== undefined;
      } catch (error) {
        if (isClarityError(error) && error.code === 'SECRETS_UNSAFE') throw error;
        problem ??= error;
      }
    }
    if (problem !== undefined) throw problem as Error;
    if (isThere) throw unmarked();
    return undefined;
  }

  /** A value without an entry has no destinations: those in its file are not authenticated. */
  async scope(tenant: TenantId, name: string): Promise<SecretScope | undefined> {
    const entries = this.#index.of(name);
    const [only] = entries;
    const found = await this.#values.scope(tenant, name).catch((error: unknown) => {
      // The destinations of the index are in force, also if those beside the value are damaged.
      if (isClarityError(error) && error.code === 'SECRET_INVALID' && only !== undefined) return scopeOf(only);
      throw error;
    });
    if (only === undefined) return found && { hosts: [], services: [], createdBy: found.createdBy, version: 'file' };
    if (entries.length === 1) return found && scopeOf(only);
    return this.read(tenant, name);
  }

  write: SecretStore['write'] = (tenant, name, write, context) =>
    this.#serial(async () => {
      const before = this.#index.of(name);
      const entry = entryOf(write.secret, write, { createdBy: registrantOf(context.caller), before });
      await this.#index.set(new Map([[name, [...before.slice(-2), entry]]]));
      try {
        // The copy first: if a write fails, the old value is in force.
        await this.#copies.write(tenant, name, write, context);
        await this.#values.write(tenant, name, write, context);
      } catch (error) {
        // If only the sync of the folder failed, the new value is there.
        const stored = await this.#values.read(tenant, name).catch(() => undefined);
        const isNew = stored !== undefined && digestOf(stored.secret) === entry.digest;
        if (!isNew) await this.#forget(new Map([[name, before]]));
        throw error;
      }
      await this.#forget(new Map([[name, [entry]]]));
    });

  remove: SecretStore['remove'] = (tenant, name, context) =>
    this.#serial(async () => {
      const hasCopy = await this.#copies.remove(tenant, name, context);
      const isRemoved = (await this.#values.remove(tenant, name, context)) || hasCopy;
      if (this.#index.of(name).length > 0) await this.#forget(new Map([[name, []]]));
      return isRemoved;
    });

  /** Gives an entry and a copy to each readable value. */
  adopt(): Promise<void> {
    return this.#serial(async () => {
      const entries = new Map(this.#index.names().map((name): [string, readonly ScopeEntry[]] => [name, []]));
      for (const name of await this.#values.names(TENANT)) {
        const stored = await this.#values.read(TENANT, name).catch(() => undefined);
        if (stored === undefined) continue;
        const { secret, createdBy } = stored;
        const known = this.#index.of(name).find(({ digest }) => digest === digestOf(secret));
        entries.set(name, [known ?? entryOf(secret, stored, { createdBy, before: this.#index.of(name) })]);
        await this.#copies.write(TENANT, name, stored, byRuntime).catch(() => undefined);
      }
      await this.#index.set(entries);
    });
  }

  /**
   * Completes the writes that a crash interrupted, and replaces damaged files: the value in force keeps its entry, and its copy
   * gets the same value.
   */
  settle(): Promise<void> {
    return this.#serial(async () => {
      await this.#index.repair().catch(() => undefined);
      for (const name of this.#index.names()) {
        const entries = this.#index.of(name);
        const stored = await this.read(TENANT, name).catch(() => undefined);
        const inForce = entries.find(({ digest }) => stored !== undefined && digest === digestOf(stored.secret));
        if (stored === undefined || inForce === undefined) continue;
        const isWhole = await this.#writeWhereDifferent(name, stored, inForce);
        if (isWhole && entries.length > 1) await this.#forget(new Map([[name, [inForce]]]));
      }
    });
  }

  /**
   * Gives the copy the value in force, and the file if it is missing or cannot be read: another value there is of the user.
   * Returns whether the copy has the value.
   */
  async #writeWhereDifferent(name: string, stored: StoredSecret, { digest }: ScopeEntry): Promise<boolean> {
    const write = (store: SecretStore): Promise<boolean> =>
      store.write(TENANT, name, stored, byRuntime).then(
        () => true,
        () => false,
      );
    const value = await this.#values.read(TENANT, name).catch(() => undefined);
    if (value === undefined) await write(this.#values);
    const copy = await this.#copies.read(TENANT, name).catch(() => undefined);
    return copy !== undefined && digestOf(copy.secret) === digest ? true : write(this.#copies);
  }

  /** Drops entries after the change is done. A failure is not the answer of the change; the next start drops them. */
  async #forget(changes: ReadonlyMap<string, readonly ScopeEntry[]>): Promise<void> {
    await this.#index.set(changes).catch(() => undefined);
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}

const scopeOf = ({ hosts, services, createdBy, version }: ScopeEntry): SecretScope => ({
  hosts,
  services,
  createdBy,
  version,
});

const unmarked = (): ClarityError =>
  new ClarityError('SECRET_INVALID', 'another program wrote this value, or an older one was put back', {
    hint: 'store the secret again with `clarityctl auth set-secret`',
  });
