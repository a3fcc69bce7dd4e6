import type { ServiceRecord } from '../../domain/services/service.ts';
import type { Change, Cursor, Expect, StoreCapabilities, TenantId, Versioned, WriteContext } from './store.ts';

/**
 * Remembers what should exist. `list` is ordered by service id and returned values are never aliases of stored ones.
 * `put` and `remove` compare `expect` with what is stored and answer a difference with a `conflict`; both are on disk, as
 * far as `capabilities.durable` says, before they resolve. Removing what is absent with `expect: 'any'` is a success.
 * Everything that fails, fails with a `StoreError`; after `dispose` that is `closed`.
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
