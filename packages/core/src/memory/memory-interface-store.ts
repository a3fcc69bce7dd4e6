import type { InterfaceStore, TenantId } from '../ports/index.ts';

/** Last known interfaces in memory, until the process ends. */
export class MemoryInterfaceStore implements InterfaceStore {
  readonly #documents = new Map<string, string>();

  load(tenant: TenantId, serviceId: string): Promise<string | undefined> {
    return Promise.resolve(this.#documents.get(keyOf(tenant, serviceId)));
  }

  save(tenant: TenantId, serviceId: string, document: string): Promise<void> {
    this.#documents.set(keyOf(tenant, serviceId), document);
    return Promise.resolve();
  }

  remove(tenant: TenantId, serviceId: string): Promise<void> {
    this.#documents.delete(keyOf(tenant, serviceId));
    return Promise.resolve();
  }
}

const keyOf = (tenant: TenantId, serviceId: string): string => `${tenant}/${serviceId}`;
