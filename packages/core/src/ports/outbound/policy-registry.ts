import type { PolicyDocument } from '../../domain/calls/policy-document.ts';
import type { Expect, StoreCapabilities, TenantId, Versioned, WriteContext } from './store.ts';

/** Stores named policies under the rules of `ServiceRegistry`; `list` is ordered by name. */
export interface PolicyRegistry extends AsyncDisposable {
  readonly capabilities: StoreCapabilities;
  list(tenant: TenantId): Promise<readonly Versioned<PolicyDocument>[]>;
  put(
    tenant: TenantId,
    document: PolicyDocument,
    expect: Expect,
    context: WriteContext,
  ): Promise<Versioned<PolicyDocument>>;
  remove(tenant: TenantId, name: string, expect: Expect, context: WriteContext): Promise<void>;
}
