import type { TenantId } from './store.ts';

/** Increases with every change of holder; a store rejects a write with a smaller fence than the largest one seen. */
export type Fence = number;

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
  readonly fence: Fence;
  /** Aborts when the lease may have expired, without a response of the store. */
  readonly lost: AbortSignal;
  /** Rejects with `fenced` when the lease has another holder or was released. */
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

/**
 * Exclusive rights by name. In a store of a single process `acquire` always succeeds; acquiring a name again in the same
 * process returns the same fence. Disposing the port ends all its leases.
 */
export interface Leases extends AsyncDisposable {
  /** `shared`: several processes compete and leases expire. */
  readonly capabilities: { readonly shared: boolean };
  acquire(tenant: TenantId, name: string, request: LeaseRequest): Promise<Lease | LeaseUnavailable>;
}
