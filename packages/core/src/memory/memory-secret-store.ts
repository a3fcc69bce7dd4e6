import { registrantOf } from '../domain/access/registrant.ts';
import type { SecretScope } from '../domain/access/secret-scope.ts';
import { assertSecretName, assertSecretValue } from '../domain/access/secret-rules.ts';
import type {
  SecretStore,
  SecretStoreHealth,
  SecretWrite,
  StoredSecret,
  TenantId,
  WriteContext,
} from '../ports/index.ts';

const MAX_LISTED = 500;

/** Secrets in memory, until the process ends. Tenants share nothing. */
export class MemorySecretStore implements SecretStore {
  readonly #tenants = new Map<TenantId, Map<string, StoredSecret>>();
  #version = 0;

  names(tenant: TenantId): Promise<readonly string[]> {
    return Promise.resolve([...this.#of(tenant).keys()].sort().slice(0, MAX_LISTED));
  }

  async read(tenant: TenantId, name: string): Promise<StoredSecret | undefined> {
    assertSecretName(name);
    return Promise.resolve(this.#of(tenant).get(name));
  }

  async scope(tenant: TenantId, name: string): Promise<SecretScope | undefined> {
    const stored = await this.read(tenant, name);
    if (stored === undefined) return undefined;
    const { hosts, services, createdBy, version } = stored;
    return { hosts, services, createdBy, version };
  }

  async write(tenant: TenantId, name: string, write: SecretWrite, { caller }: WriteContext): Promise<void> {
    assertSecretName(name);
    assertSecretValue(write.secret);
    this.#version += 1;
    this.#of(tenant).set(name, { ...write, createdBy: registrantOf(caller), version: String(this.#version) });
    return Promise.resolve();
  }

  async remove(tenant: TenantId, name: string): Promise<boolean> {
    assertSecretName(name);
    return Promise.resolve(this.#of(tenant).delete(name));
  }

  health(): Promise<SecretStoreHealth> {
    return Promise.resolve({ healthy: true, exists: true, detail: 'secrets are kept in memory' });
  }

  #of(tenant: TenantId): Map<string, StoredSecret> {
    const found = this.#tenants.get(tenant) ?? new Map<string, StoredSecret>();
    this.#tenants.set(tenant, found);
    return found;
  }
}
