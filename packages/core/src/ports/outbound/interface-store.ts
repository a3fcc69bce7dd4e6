import type { TenantId } from './store.ts';

/**
 * Keeps the last known interface of each service over restarts of the process. A document is opaque text of the runtime. Its
 * loss costs no state: the next start of the service writes it again. Every failure is a `StoreError`.
 */
export interface InterfaceStore {
  /** Returns the document exactly as `save` received it; undefined if it is absent, damaged, or not of this user. */
  load(tenant: TenantId, serviceId: string): Promise<string | undefined>;
  /** Replaces the document of a service. Resolves when it is readable by `load`. */
  save(tenant: TenantId, serviceId: string, document: string): Promise<void>;
  /** Deletes the document of a service. Succeeds without one. */
  remove(tenant: TenantId, serviceId: string): Promise<void>;
}
