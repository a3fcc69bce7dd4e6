import { StoreError } from '@clarity-runtime/core';
import { DEFAULT_TENANT } from '@clarity-runtime/core/internal';
import type { SecretStore, TenantId } from '@clarity-runtime/core/ports';

/**
 * Returns the secrets of a folder, which belong to one tenant. An operation for another tenant is rejected as `invalid` before a file
 * is read. The store of the folder is called with the tenant `default`.
 */
export function secretsOfTenant(folder: SecretStore, own: TenantId = DEFAULT_TENANT): SecretStore {
  const checked = async <T>(tenant: TenantId, work: () => Promise<T>): Promise<T> => {
    if (tenant !== own) throw new StoreError('invalid', 'the secrets are of another tenant');
    return work();
  };
  return {
    ...(folder.root === undefined ? {} : { root: folder.root }),
    names: (tenant) => checked(tenant, () => folder.names(DEFAULT_TENANT)),
    read: (tenant, name) => checked(tenant, () => folder.read(DEFAULT_TENANT, name)),
    scope: (tenant, name) => checked(tenant, () => folder.scope(DEFAULT_TENANT, name)),
    write: (tenant, name, write, context) => checked(tenant, () => folder.write(DEFAULT_TENANT, name, write, context)),
    remove: (tenant, name, context) => checked(tenant, () => folder.remove(DEFAULT_TENANT, name, context)),
    health: () => folder.health(),
  };
}
