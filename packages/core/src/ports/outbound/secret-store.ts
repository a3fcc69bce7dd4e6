import type { Secret } from '../../domain/access/secret.ts';
import type { TenantId, WriteContext } from './store.ts';

export interface SecretStoreHealth {
  readonly healthy: boolean;
  /** False as long as nothing was stored. */
  readonly exists: boolean;
  /** One sentence; when it is not healthy, why nothing is read from or written to it. */
  readonly detail: string;
}

/**
 * Secrets by name. A name is a path of plain segments (`isSecretName`), a value one line of at most 16 KiB; both are checked
 * here too and refused with AUTH_REF_INVALID, SECRET_INVALID or PAYLOAD_TOO_LARGE. A place that others could change is
 * SECRETS_UNSAFE for every operation. Values leave in a wrapper, and stand in no error. What the medium itself refuses is a
 * `StoreError`. Writes are safe from a power cut when they resolve, as far as the adapter is durable.
 */
export interface SecretStore {
  /** Where it keeps them, for the operator's eyes; absent when that is no place on a disk. */
  readonly root?: string;
  /** Sorted, at most 500. */
  names(tenant: TenantId): Promise<readonly string[]>;
  /** Undefined when there is none. A value that could not have been stored here is SECRET_INVALID. */
  read(tenant: TenantId, name: string): Promise<Secret | undefined>;
  /** Replaces. SECRET_NAME_TAKEN when the medium cannot tell the name from one that is there. */
  write(tenant: TenantId, name: string, secret: Secret, context: WriteContext): Promise<void>;
  /** False when there was none. */
  remove(tenant: TenantId, name: string, context: WriteContext): Promise<boolean>;
  health(): Promise<SecretStoreHealth>;
}
