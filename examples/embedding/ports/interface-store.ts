import type { InterfaceStore, TenantId } from '@clarity-runtime/core/ports';

/** A cache of the application, such as Redis. */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
}

const keyOf = (tenant: TenantId, serviceId: string): string => `interface:${tenant}:${serviceId}`;

/** Keeps the last known interfaces in a cache, so that a new process lists tools before its services run. */
export const cachedInterfaces = (cache: Cache): InterfaceStore => ({
  load: (tenant, serviceId) => cache.get(keyOf(tenant, serviceId)),
  save: (tenant, serviceId, document) => cache.set(keyOf(tenant, serviceId), document),
  remove: (tenant, serviceId) => cache.delete(keyOf(tenant, serviceId)),
});
