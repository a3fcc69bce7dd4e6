import type { Secret } from '../domain/access/secret.ts';
import { assertSecretName, assertSecretValue } from '../domain/access/secret-rules.ts';
import type { SecretStore, SecretStoreHealth, TenantId } from '../ports/index.ts';

const MAX_LISTED = 500;

/** Secrets in memory, until the process ends. */
export class MemorySecretStore implements SecretStore {
  readonly #secrets = new Map<string, Secret>();

  names(): Promise<readonly string[]> {
    return Promise.resolve([...this.#secrets.keys()].sort().slice(0, MAX_LISTED));
  }

  async read(_tenant: TenantId, name: string): Promise<Secret | undefined> {
    assertSecretName(name);
    return Promise.resolve(this.#secrets.get(name));
  }

  async write(_tenant: TenantId, name: string, secret: Secret): Promise<void> {
    assertSecretName(name);
    assertSecretValue(secret);
    this.#secrets.set(name, secret);
    return Promise.resolve();
  }

  async remove(_tenant: TenantId, name: string): Promise<boolean> {
    assertSecretName(name);
    return Promise.resolve(this.#secrets.delete(name));
  }

  health(): Promise<SecretStoreHealth> {
    return Promise.resolve({ healthy: true, exists: true, detail: 'secrets are kept in memory' });
  }
}
