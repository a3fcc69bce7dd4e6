import { createHash } from 'node:crypto';
import {
  assertSecretName,
  assertSecretValue,
  ClarityError,
  isStoreError,
  type SealedText,
  type SecretScope,
} from '@clarity-runtime/core';
import type {
  Change,
  LoginSealer,
  SecretStore,
  SecretStoreHealth,
  SecretWrite,
  StoredSecret,
  TenantId,
  Versioned,
  WriteContext,
} from '@clarity-runtime/core/ports';
import { PgRecordStore, type PgRecordStoreOptions } from './record-store.ts';

/** A secret as it is stored. The value is encrypted; its name and destinations are authenticated. */
interface SecretRecord extends Omit<SecretScope, 'version'> {
  readonly schema: 1;
  readonly name: string;
  readonly sealed: SealedText;
}

/** Dependencies of `PgSecretStore`. */
export interface PgSecretStoreOptions extends Pick<PgRecordStoreOptions<never>, 'database' | 'durable'> {
  /** Encrypts the values with a key that is not in the database. */
  readonly sealer: LoginSealer;
}

const MAX_LISTED = 500;
const MAX_TURNS = 3;

/**
 * Secrets in PostgreSQL, encrypted with the key of the daemons. Reads are answered from a copy of the encrypted records, which
 * follows the database: a call does not wait for it.
 */
export class PgSecretStore implements SecretStore, AsyncDisposable {
  readonly #records: PgRecordStore<SecretRecord>;
  readonly #options: PgSecretStoreOptions;
  readonly #closed = new AbortController();
  readonly #tenants = new Map<TenantId, Promise<Map<string, Versioned<SecretRecord>>>>();

  constructor(options: PgSecretStoreOptions) {
    this.#options = options;
    const { database, durable } = options;
    this.#records = new PgRecordStore({ database, durable, kind: 'secret', idOf: ({ name }) => name });
  }

  async names(tenant: TenantId): Promise<readonly string[]> {
    return [...(await this.#copy(tenant)).keys()].sort().slice(0, MAX_LISTED);
  }

  async read(tenant: TenantId, name: string): Promise<StoredSecret | undefined> {
    assertSecretName(name);
    const found = (await this.#copy(tenant)).get(name);
    if (found === undefined) return undefined;
    const secret = this.#options.sealer.open(found.value.sealed, { tenant, record: recordOf(found.value) });
    if (secret === undefined) {
      throw new ClarityError('SECRET_INVALID', `${name}: no key of this daemon opens the stored value`, {
        hint: 'give all daemons the same --key-file, or store the secret again',
      });
    }
    return { ...scopeOf(found), secret };
  }

  async scope(tenant: TenantId, name: string): Promise<SecretScope | undefined> {
    assertSecretName(name);
    const found = (await this.#copy(tenant)).get(name);
    return found === undefined ? undefined : scopeOf(found);
  }

  async write(tenant: TenantId, name: string, write: SecretWrite, context: WriteContext): Promise<void> {
    assertSecretName(name);
    assertSecretValue(write.secret);
    const copy = await this.#copy(tenant);
    const { hosts, services, secret } = write;
    const { principal, door } = context.caller;
    const createdBy = { principal: principal.id, door };
    const unsealed = { schema: 1, name, hosts, services, createdBy } as const;
    const sealed = this.#options.sealer.seal(secret, { tenant, record: recordOf(unsealed) });
    copy.set(name, await this.#records.put(tenant, { ...unsealed, sealed }, 'any', context));
  }

  async remove(tenant: TenantId, name: string, context: WriteContext): Promise<boolean> {
    assertSecretName(name);
    const copy = await this.#copy(tenant);
    const isStored = (await this.#records.get(tenant, name)) !== undefined;
    if (isStored) await this.#records.remove(tenant, name, 'any', context);
    copy.delete(name);
    return isStored;
  }

  health(): Promise<SecretStoreHealth> {
    const { state, reason } = this.#records.health;
    const detail = reason ?? 'secrets are encrypted in PostgreSQL';
    return Promise.resolve({ healthy: state !== 'down', exists: true, detail });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    return this.#records[Symbol.asyncDispose]();
  }

  /** Returns the copy of the records of a tenant. The first call reads them. @throws StoreError */
  #copy(tenant: TenantId): Promise<Map<string, Versioned<SecretRecord>>> {
    const known = this.#tenants.get(tenant);
    if (known !== undefined) return known;
    const opened = this.#open(tenant);
    this.#tenants.set(tenant, opened);
    opened.catch(() => this.#tenants.delete(tenant));
    return opened;
  }

  async #open(tenant: TenantId): Promise<Map<string, Versioned<SecretRecord>>> {
    const { items } = await this.#records.list(tenant);
    const copy = new Map(items.map((item) => [item.value.name, item]));
    void this.#follow(tenant, copy);
    return copy;
  }

  /** Keeps a copy equal to the database, until the store closes. */
  async #follow(tenant: TenantId, copy: Map<string, Versioned<SecretRecord>>): Promise<void> {
    const { signal } = this.#closed;
    for (let failures = 0; !signal.aborted && failures < MAX_TURNS;) {
      const listed = new Set<string>();
      try {
        for await (const change of this.#records.watch(tenant, 'snapshot', signal)) {
          failures = 0;
          apply(copy, change, listed);
          if (change.type === 'reset') break;
        }
      } catch (error) {
        if (!isStoreError(error)) throw error;
        failures += 1;
      }
    }
    // The next read opens a new copy.
    this.#tenants.delete(tenant);
  }
}

function apply(copy: Map<string, Versioned<SecretRecord>>, change: Change<SecretRecord>, listed: Set<string>): void {
  if (change.type === 'put') {
    listed.add(change.item.value.name);
    copy.set(change.item.value.name, change.item);
  } else if (change.type === 'remove') copy.delete(change.id);
  else if (change.type === 'synced') for (const name of copy.keys()) if (!listed.has(name)) copy.delete(name);
}

const scopeOf = ({ value, revision }: Versioned<SecretRecord>): SecretScope => {
  const { hosts, services, createdBy } = value;
  return { hosts, services, createdBy, version: revision };
};

/** Binds a value to its name, destinations and creator: the database cannot widen them. */
function recordOf({ name, hosts, services, createdBy }: Omit<SecretRecord, 'sealed'>): string {
  const scope = JSON.stringify([name, hosts, services, createdBy.principal, createdBy.door]);
  return `secret ${createHash('sha256').update(scope).digest('hex')}`;
}
