import type { TenantId } from './store.ts';

/** Grows with every change of holder; a store refuses a write that carries a smaller one than it has seen. */
export type Fence = number;

export interface LeaseRequest {
  /** A duration, judged by the store's clock. */
  readonly ttlMs: number;
  readonly signal?: AbortSignal;
}

export interface Lease {
  readonly held: true;
  readonly name: string;
  readonly fence: Fence;
  /** Aborts when the lease can no longer be counted on. Needs no answer from the store. */
  readonly lost: AbortSignal;
  /** Fails with `fenced` when somebody else holds it now or it was released. */
  renew(): Promise<void>;
  /** Best effort; may be called twice. */
  release(): Promise<void>;
}

export interface LeaseUnavailable {
  readonly held: false;
  readonly by: string;
  readonly retryAfterMs: number;
}

/**
 * Who may act for a name. Where only one process can hold the store, `acquire` always succeeds; asking again for a name
 * that the same process holds gives the same fence. Closing the port loses every lease that it gave.
 */
export interface Leases extends AsyncDisposable {
  /** Whether several processes compete, so that leases run out by themselves. */
  readonly capabilities: { readonly shared: boolean };
  acquire(tenant: TenantId, name: string, request: LeaseRequest): Promise<Lease | LeaseUnavailable>;
}
