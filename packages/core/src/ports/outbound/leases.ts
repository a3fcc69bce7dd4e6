import type { Change, Cursor, Fence, TenantId } from './store.ts';

/** Duration of a lease, and a signal that aborts its acquisition. */
export interface LeaseRequest {
  /** Milliseconds, by the clock of the store. */
  readonly ttlMs: number;
  readonly signal?: AbortSignal;
}

/** A lease of this process. */
export interface Lease {
  readonly held: true;
  readonly name: string;
  /** New with every change of holder. A store rejects a write with the fence of an earlier holder. */
  readonly fence: Fence;
  /** Aborts when the lease may have expired (2/3 of the duration after the last renewal), without an answer of the store. */
  readonly lost: AbortSignal;
  /** Extends the lease by its duration. Rejects with `fenced` when it was lost, was released or has another holder. */
  renew(): Promise<void>;
  /** Best effort; may be called twice. */
  release(): Promise<void>;
}

/** A lease of another process. `retryAfterMs` is in milliseconds. */
export interface LeaseUnavailable {
  readonly held: false;
  readonly by: string;
  readonly retryAfterMs: number;
}

/** The holder of a lease. */
export interface LeaseHolder {
  readonly name: string;
  readonly by: string;
  readonly fence: Fence;
}

/** `put`: a lease has a new holder. `remove`: it was released or has expired. */
export type LeaseChange = Change<LeaseHolder>;

/**
 * Exclusive rights by name: `own/<serviceId>`, `oauth/<key>`, `node/<instance>`. In a store of a single process `acquire`
 * always succeeds and leases do not expire; acquiring a name again in the same process returns the same fence. Disposing the
 * port ends all its leases.
 */
export interface Leases extends AsyncDisposable {
  /** `shared`: several processes compete and leases expire. */
  readonly capabilities: { readonly shared: boolean };
  acquire(tenant: TenantId, name: string, request: LeaseRequest): Promise<Lease | LeaseUnavailable>;
  /** Reports the leases of all tenants whose names begin with `prefix`. */
  watch(prefix: string, from: Cursor | 'snapshot', signal: AbortSignal): AsyncIterable<LeaseChange>;
}
