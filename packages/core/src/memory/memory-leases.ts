import { StoreError } from '../domain/errors/store-error.ts';
import type { Fence, LeaseUnavailable, Lease, LeaseRequest, Leases, TenantId } from '../ports/index.ts';

/** Leases of a single process: always granted, and valid until they are released. */
export class MemoryLeases implements Leases {
  readonly capabilities = { shared: false };
  readonly #fence: Fence;
  readonly #open = new AbortController();

  /** `fence` is the number of this start if a store counts starts. */
  constructor(fence: Fence = 1) {
    this.#fence = fence;
  }

  acquire(_tenant: TenantId, name: string, { ttlMs, signal }: LeaseRequest): Promise<Lease | LeaseUnavailable> {
    if (this.#open.signal.aborted) return Promise.reject(new StoreError('closed', 'the leases are closed'));
    if (signal?.aborted === true) return Promise.reject(new StoreError('aborted', 'aborted before it was tried'));
    if (!(ttlMs > 0)) return Promise.reject(new StoreError('invalid', `ttlMs must be positive, not ${String(ttlMs)}`));
    return Promise.resolve(this.#lease(name));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#open.abort();
    return Promise.resolve();
  }

  #lease(name: string): Lease {
    const released = new AbortController();
    const lost = AbortSignal.any([released.signal, this.#open.signal]);
    return {
      held: true,
      name,
      fence: this.#fence,
      lost,
      renew: () =>
        lost.aborted ? Promise.reject(new StoreError('fenced', `${name} is no longer held`)) : Promise.resolve(),
      release: () => {
        released.abort();
        return Promise.resolve();
      },
    };
  }
}
