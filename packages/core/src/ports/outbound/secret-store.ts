import type { SecretScope } from '../../domain/access/secret-scope.ts';
import type { Secret } from '../../domain/access/secret.ts';
import type { TenantId, WriteContext } from './store.ts';

/** Health of the secret store. */
export interface SecretStoreHealth {
  readonly healthy: boolean;
  /** False before the first write. */
  readonly exists: boolean;
  /** One sentence; the reason if the store is not healthy. */
  readonly detail: string;
}

/** A secret with its destinations. */
export interface StoredSecret extends SecretScope {
  readonly secret: Secret;
}

/** A secret to store. The caller of the write becomes its creator. */
export interface SecretWrite extends Pick<SecretScope, 'hosts' | 'services'> {
  readonly secret: Secret;
}

/**
 * Stores secrets by name. Tenants share nothing; a store that does not have a tenant rejects it as `invalid`. The adapter checks names (`isSecretName`) and values (one line, at most 16 KiB) and rejects with
 * AUTH_REF_INVALID, SECRET_INVALID or PAYLOAD_TOO_LARGE. If other users can write to the location, every operation is
 * SECRETS_UNSAFE. Errors never contain a value. A failure of the medium is a `StoreError`. A resolved write has the
 * durability of the adapter.
 */
export interface SecretStore {
  /** The location for the operator; absent if it is not a folder. */
  readonly root?: string;
  /** Sorted, at most 500. */
  names(tenant: TenantId): Promise<readonly string[]>;
  /** Undefined if the name is not stored. A stored value that is not valid is SECRET_INVALID. */
  read(tenant: TenantId, name: string): Promise<StoredSecret | undefined>;
  /** Returns the destinations of a secret without reading its value. */
  scope(tenant: TenantId, name: string): Promise<SecretScope | undefined>;
  /** Writes or replaces. SECRET_NAME_TAKEN if the medium cannot distinguish the name from a stored one. */
  write(tenant: TenantId, name: string, write: SecretWrite, context: WriteContext): Promise<void>;
  /** Returns false if the name was not stored. */
  remove(tenant: TenantId, name: string, context: WriteContext): Promise<boolean>;
  health(): Promise<SecretStoreHealth>;
}
