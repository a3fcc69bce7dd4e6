import type { ServiceRecord } from '../../domain/services/service.ts';
import type { Change, Cursor, Expect, StoreCapabilities, TenantId, Versioned, WriteContext } from './store.ts';

/**
 * Stores service records with compare-and-set. `list` is ordered by service id; returned values are copies. `put` and
 * `remove` reject with `conflict` if the stored revision is not `expect`, and resolve with the durability of
 * `capabilities.durable`. Removing an absent record with `expect: 'any'` succeeds. Every failure is a `StoreError`; after
 * `dispose` it is `closed`.
 */
export interface ServiceRegistry extends AsyncDisposable {
  readonly capabilities: StoreCapabilities;
  list(tenant: TenantId): Promise<readonly Versioned<ServiceRecord>[]>;
  get(tenant: TenantId, serviceId: string): Promise<Versioned<ServiceRecord> | undefined>;
  put(
    tenant: TenantId,
    record: ServiceRecord,
    expect: Expect,
    context: WriteContext,
  ): Promise<Versioned<ServiceRecord>>;
  remove(tenant: TenantId, serviceId: string, expect: Expect, context: WriteContext): Promise<void>;
  watch(tenant: TenantId, from: Cursor | 'snapshot', signal: AbortSignal): AsyncIterable<Change<ServiceRecord>>;
}
