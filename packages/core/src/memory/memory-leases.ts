import { StoreError } from '../domain/errors/store-error.ts';
import type {
  Change,
  Clock,
  Cursor,
  Fence,
  Lease,
  LeaseChange,
  LeaseHolder,
  LeaseRequest,
  Leases,
  LeaseUnavailable,
  TenantId,
} from '../ports/index.ts';
import { LeaseTable } from './lease-table.ts';
import { ManualClock } from './manual-clock.ts';
import type { FenceCheck } from './memory-record-store.ts';

/** Settings of `MemoryLeases`. Each has a default. */
export interface MemoryLeasesOptions {
  /** Fence of the first lease, for example the number of this start; 1 when absent. */
  readonly fence?: number;
  /** Several holders compete, and leases expire by this clock. Absent: one holder, without expiry. */
  readonly clock?: Clock;
  /** Name of the holder. */
  readonly holder?: string;
}

/** Leases in memory. */
export class MemoryLeases implements Leases, FenceCheck {
  readonly capabilities: { readonly shared: boolean };
  readonly #clock: Clock;
  readonly #table: LeaseTable;
  readonly #holder: string;
  readonly #open = new AbortController();
  readonly #releases = new Set<() => Promise<void>>();

  constructor({ fence = 1, clock, holder = 'memory' }: MemoryLeasesOptions = {}, table?: LeaseTable) {
    this.capabilities = { shared: clock !== undefined };
    this.#clock = clock ?? new ManualClock();
    this.#table = table ?? new LeaseTable(this.#clock, fence - 1);
    this.#holder = holder;
  }

  /** Opens a competing handle, as another process would. */
  handle(holder: string): MemoryLeases {
    return new MemoryLeases({ clock: this.#clock, holder }, this.#table);
  }

  isOutdated(tenant: TenantId, lease: string, fence: Fence): boolean {
    return this.#table.isOutdated(tenant, lease, fence);
  }

  async acquire(tenant: TenantId, name: string, { ttlMs, signal }: LeaseRequest): Promise<Lease | LeaseUnavailable> {
    if (this.#open.signal.aborted) throw new StoreError('closed', 'the leases are closed');
    if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
    if (!(ttlMs > 0)) throw new StoreError('invalid', `ttlMs must be positive, not ${String(ttlMs)}`);
    const found = this.#table.find(tenant, name);
    if (found !== undefined && found.holder.by !== this.#holder) {
      const retryAfterMs = Math.max(1, found.until - this.#clock.monotonic());
      return Promise.resolve({ held: false, by: found.holder.by, retryAfterMs });
    }
    const durationMs = this.capabilities.shared ? ttlMs : Infinity;
    const row = found ?? this.#table.take(tenant, name, this.#holder, durationMs);
    row.until = this.#clock.monotonic() + durationMs;
    return Promise.resolve(this.#lease(row, durationMs));
  }

  watch(prefix: string, from: Cursor | 'snapshot', signal: AbortSignal): AsyncIterable<LeaseChange> {
    const first = this.#table.snapshot(prefix, from);
    return withPrefix(this.#table.feed.read(first, AbortSignal.any([signal, this.#open.signal])), prefix);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#open.abort();
    for (const release of this.#releases) await release();
  }

  #lease(row: ReturnType<LeaseTable['take']>, durationMs: number): Lease {
    const released = new AbortController();
    const lost = AbortSignal.any([released.signal, this.#open.signal]);
    const { name, fence } = row.holder;
    let lostAt = 0;
    const extend = (): void => {
      lostAt = this.#clock.monotonic() + (durationMs * 2) / 3;
    };
    const watchTime = async (): Promise<void> => {
      while (!lost.aborted && lostAt > this.#clock.monotonic()) {
        await this.#clock.after(lostAt - this.#clock.monotonic(), lost);
      }
      released.abort();
    };
    const release = (): Promise<void> => {
      released.abort();
      this.#releases.delete(release);
      this.#table.release(row);
      return Promise.resolve();
    };
    extend();
    if (Number.isFinite(durationMs)) void watchTime();
    this.#releases.add(release);
    const renew = (): Promise<void> => {
      const isValid = !lost.aborted && !row.isReleased && row.until > this.#clock.monotonic();
      if (!isValid) return Promise.reject(new StoreError('fenced', `${name} is no longer held`));
      row.until = this.#clock.monotonic() + durationMs;
      extend();
      return Promise.resolve();
    };
    return { held: true, name, fence, lost, renew, release };
  }
}

async function* withPrefix(
  changes: AsyncIterable<Change<LeaseHolder>>,
  prefix: string,
): AsyncGenerator<LeaseChange, void> {
  for await (const change of changes) {
    const name = change.type === 'put' ? change.item.value.name : change.type === 'remove' ? change.id : undefined;
    if (name === undefined || name.startsWith(prefix)) yield change;
  }
}
