import { StoreError, isStoreError } from '@clarity-runtime/core';
import type {
  Cursor,
  Lease,
  LeaseChange,
  LeaseHolder,
  LeaseRequest,
  Leases,
  LeaseUnavailable,
  TenantId,
} from '@clarity-runtime/core/ports';
import type { Database, ResultRow } from '../database/database.ts';
import { assertTenant, numberOf, textOf } from '../database/values.ts';

/** Dependencies of `PgLeases`. */
export interface PgLeasesOptions {
  readonly database: Database;
  /** Name of this process, unique for each start. */
  readonly holder: string;
}

const KIND = 'lease';

/** Leases by the clock of the server. A lease is lost by the clock of this process, without an answer of the server. */
export class PgLeases implements Leases {
  readonly capabilities = { shared: true };
  readonly #database: Database;
  readonly #holder: string;
  readonly #closed = new AbortController();
  readonly #releases = new Set<() => Promise<void>>();

  constructor({ database, holder }: PgLeasesOptions) {
    this.#database = database;
    this.#holder = holder;
  }

  async acquire(tenant: TenantId, name: string, request: LeaseRequest): Promise<Lease | LeaseUnavailable> {
    const { ttlMs, signal } = request;
    if (this.#closed.signal.aborted) throw new StoreError('closed', 'the leases are closed');
    assertTenant(tenant);
    if (!(ttlMs > 0)) throw new StoreError('invalid', `ttlMs must be positive, not ${String(ttlMs)}`);
    const startedAt = this.#database.clock.monotonic();
    const options = { isWrite: true, ...(signal === undefined ? {} : { signal }) };
    const [row] = await this.#database.call('acquire', [tenant, name, this.#holder, ttlMs], options);
    const by = textOf(row, 'held_by');
    if (by !== this.#holder) return { held: false, by, retryAfterMs: Math.max(1, numberOf(row, 'left_ms')) };
    return this.#lease({ tenant, name, ttlMs, startedAt, fence: textOf(row, 'fence') });
  }

  async *watch(prefix: string, from: Cursor | 'snapshot', signal: AbortSignal): AsyncGenerator<LeaseChange, void> {
    const ended = AbortSignal.any([signal, this.#closed.signal, this.#database.ended]);
    const isOver = (): boolean => ended.aborted;
    if (from !== 'snapshot') {
      yield { type: 'reset', reason: 'changes since this cursor are not kept' };
      return;
    }
    const seenFences = new Map<string, string>();
    const held = new Map<string, LeaseHolder>();
    const { clock, hints } = this.#database;
    for (let turn = 0; !isOver();) {
      const seen = hints.count(KIND);
      const readAt = clock.monotonic();
      let waitMs = Infinity;
      const rows = await this.#database.call('holders', [prefix]).catch((error: unknown) => {
        if (isStoreError(error)) return undefined;
        throw error;
      });
      if (rows !== undefined) {
        turn += 1;
        const cursor = `l${String(turn)}`;
        for (const [type, holder] of differences(held, seenFences, rows, turn === 1)) {
          yield changeOf(type, holder, cursor, clock.wall().toISOString());
          if (isOver()) return;
        }
        if (turn === 1) yield { type: 'synced', cursor };
        waitMs = Math.min(...rows.map((row) => numberOf(row, 'left_ms')).filter((ms) => ms > 0));
      }
      if (!isOver()) await hints.wait(KIND, seen, ended, { readAt, maxMs: waitMs });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    await Promise.all([...this.#releases].map((release) => release()));
  }

  #lease(taken: {
    readonly tenant: TenantId;
    readonly name: string;
    readonly ttlMs: number;
    readonly startedAt: number;
    readonly fence: string;
  }): Lease {
    const { tenant, name, ttlMs, fence } = taken;
    const { clock } = this.#database;
    const released = new AbortController();
    const lost = AbortSignal.any([released.signal, this.#closed.signal]);
    let lostAt = taken.startedAt + (ttlMs * 2) / 3;
    const watchTime = async (): Promise<void> => {
      while (!lost.aborted && lostAt > clock.monotonic()) await clock.after(lostAt - clock.monotonic(), lost);
      released.abort();
      this.#releases.delete(release);
    };
    const release = async (): Promise<void> => {
      if (!this.#releases.delete(release)) return;
      released.abort();
      const values = [tenant, name, this.#holder, fence];
      // Best effort: without an answer the lease expires.
      await this.#database.call('release', values, { isWrite: true }).catch(() => undefined);
    };
    const renew = async (): Promise<void> => {
      if (lost.aborted) throw new StoreError('fenced', `${name} is no longer held`);
      const startedAt = clock.monotonic();
      const values = [tenant, name, this.#holder, fence, ttlMs];
      const [row] = await this.#database.call('renew', values, { isWrite: true });
      if (row?.['renew'] !== true) {
        released.abort();
        throw new StoreError('fenced', `${name} has another holder`);
      }
      lostAt = startedAt + (ttlMs * 2) / 3;
    };
    this.#releases.add(release);
    void watchTime();
    return { held: true, name, fence, lost, renew, release };
  }
}

/**
 * Yields what changed since the last read, and remembers it. A lease that was taken and ended between two reads is taken and
 * ended, except at the `first` read.
 */
function* differences(
  held: Map<string, LeaseHolder>,
  seenFences: Map<string, string>,
  rows: readonly ResultRow[],
  first: boolean,
): Generator<readonly ['put' | 'remove', LeaseHolder]> {
  const present = new Set<string>();
  for (const row of rows) {
    const key = `${textOf(row, 'tenant')}/${textOf(row, 'name')}`;
    const holder = { name: textOf(row, 'name'), by: textOf(row, 'holder'), fence: textOf(row, 'fence') };
    const isHeld = numberOf(row, 'left_ms') > 0;
    const isNew = seenFences.get(key) !== holder.fence;
    seenFences.set(key, holder.fence);
    present.add(key);
    if (isNew && (isHeld || !first)) yield ['put', holder];
    if (isHeld) held.set(key, holder);
    else if ((held.delete(key) || isNew) && !first) yield ['remove', holder];
  }
  for (const [key, holder] of held) {
    if (!present.has(key) && held.delete(key)) yield ['remove', holder];
  }
}

function changeOf(type: 'put' | 'remove', value: LeaseHolder, cursor: Cursor, writtenAt: string): LeaseChange {
  if (type === 'remove') return { type, id: value.name, cursor };
  return { type, item: { value, revision: value.fence, writtenAt, op: `${value.name}/${value.fence}` }, cursor };
}
