import { isTenantId } from '../domain/access/tenant.ts';
import { RateLimit } from '../domain/calls/rate-limit.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type {
  CallOptions,
  Clock,
  Limiter,
  RateAnswer,
  RateRequest,
  Slot,
  SlotRequest,
  SlotsFull,
  TenantId,
} from '../ports/index.ts';

/** Buckets above this number are searched for full ones, which are forgotten: a new bucket is full as well. */
const MAX_BUCKET_COUNT = 10_000;

interface SlotRow {
  /** Monotonic milliseconds. */
  until: number;
}

/** State that all handles of one limiter use. */
class LimiterTable {
  readonly clock: Clock;
  readonly isShared: boolean;
  readonly #buckets = new Map<string, RateLimit>();
  readonly #slots = new Map<string, Set<SlotRow>>();

  constructor(clock: Clock, isShared: boolean) {
    this.clock = clock;
    this.isShared = isShared;
  }

  /** Returns the bucket of a key with the rule. */
  bucket(id: string, rule: RateRequest['rule'], now: number): RateLimit {
    const found = this.#buckets.get(id);
    if (found !== undefined) {
      found.change(rule, now);
      return found;
    }
    if (this.#buckets.size >= MAX_BUCKET_COUNT) {
      for (const [known, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(known);
    }
    const bucket = new RateLimit(rule, now);
    this.#buckets.set(id, bucket);
    return bucket;
  }

  /** Returns the slots of a key that have not expired. */
  slots(id: string, now: number): Set<SlotRow> {
    const rows = this.#slots.get(id) ?? new Set();
    for (const row of rows) if (row.until <= now) rows.delete(row);
    this.#slots.set(id, rows);
    return rows;
  }

  free(id: string, row: SlotRow): void {
    const rows = this.#slots.get(id);
    rows?.delete(row);
    if (rows?.size === 0) this.#slots.delete(id);
  }
}

/** Rates and slots in memory. */
export class MemoryLimiter implements Limiter {
  readonly capabilities: { readonly shared: boolean };
  readonly #table: LimiterTable;
  readonly #releases = new Set<() => Promise<void>>();
  #isClosed = false;

  private constructor(table: LimiterTable) {
    this.#table = table;
    this.capabilities = { shared: table.isShared };
  }

  /** `isShared`: `handle` opens further handles of the same budget. */
  static open(clock: Clock, isShared = false): MemoryLimiter {
    return new MemoryLimiter(new LimiterTable(clock, isShared));
  }

  /** Opens a second handle, as another process would. */
  handle(): MemoryLimiter {
    return new MemoryLimiter(this.#table);
  }

  take(tenant: TenantId, { key, count, rule }: RateRequest, options?: CallOptions): Promise<RateAnswer> {
    return this.#do(tenant, options, () => {
      const { perMinute, burst = perMinute } = rule;
      const isRule = perMinute > 0 && burst >= 1 && Number.isInteger(count) && count >= 1;
      if (!isRule) throw new StoreError('invalid', `${key}: a rate and a count must be positive`);
      if (count > burst) return { granted: false, retryAfterMs: Infinity };
      const now = this.#table.clock.monotonic();
      const retryAfterMs = this.#table.bucket(`${tenant}/${key}`, rule, now).take(now, count);
      return retryAfterMs === 0 ? { granted: true } : { granted: false, retryAfterMs };
    });
  }

  enter(tenant: TenantId, { key, max, ttlMs }: SlotRequest, options?: CallOptions): Promise<Slot | SlotsFull> {
    return this.#do(tenant, options, () => {
      if (!(max >= 0 && ttlMs > 0)) throw new StoreError('invalid', `${key}: max and ttlMs must be positive`);
      const id = `${tenant}/${key}`;
      const now = this.#table.clock.monotonic();
      const rows = this.#table.slots(id, now);
      if (rows.size >= max) return { entered: false, inUse: rows.size };
      const row: SlotRow = { until: now + ttlMs };
      rows.add(row);
      return this.#slot(id, row, ttlMs);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    for (const release of this.#releases) await release();
  }

  #slot(id: string, row: SlotRow, ttlMs: number): Slot {
    const { clock } = this.#table;
    const release = (): Promise<void> => {
      row.until = 0;
      this.#table.free(id, row);
      this.#releases.delete(release);
      return Promise.resolve();
    };
    this.#releases.add(release);
    const renew = (): Promise<void> => {
      const now = clock.monotonic();
      if (row.until <= now) return Promise.reject(new StoreError('fenced', `the slot of ${id} is no longer held`));
      row.until = now + ttlMs;
      return Promise.resolve();
    };
    return { entered: true, renew, release };
  }

  #do<T>(tenant: TenantId, { signal }: CallOptions = {}, work: () => T): Promise<T> {
    return new Promise((resolve) => {
      if (this.#isClosed) throw new StoreError('closed', 'the limiter is closed');
      if (!isTenantId(tenant)) throw new StoreError('invalid', `'${String(tenant)}' is not the name of a tenant`);
      if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
      resolve(work());
    });
  }
}
