import type { Change, Clock, Fence, LeaseHolder, TenantId } from '../ports/index.ts';
import { ChangeFeed } from '../registry/change-feed.ts';

interface LeaseRow {
  readonly holder: LeaseHolder;
  readonly fence: number;
  /** Monotonic milliseconds; Infinity for a lease that does not expire. */
  until: number;
  isReleased: boolean;
}

/** The leases that several handles compete for. */
export class LeaseTable {
  readonly feed = new ChangeFeed<LeaseHolder>();
  readonly #clock: Clock;
  readonly #rows = new Map<string, LeaseRow>();
  #lastFence: number;
  #changes = 0;

  constructor(clock: Clock, lastFence: number) {
    this.#clock = clock;
    this.#lastFence = lastFence;
  }

  /** Returns the valid row of a name. */
  find(tenant: TenantId, name: string): LeaseRow | undefined {
    const row = this.#rows.get(`${tenant}/${name}`);
    return row === undefined || row.isReleased || row.until <= this.#clock.monotonic() ? undefined : row;
  }

  /** Gives a free name to a holder, with a new fence. */
  take(tenant: TenantId, name: string, by: string, ttlMs: number): LeaseRow {
    this.#lastFence += 1;
    const holder: LeaseHolder = { name, by, fence: String(this.#lastFence) };
    const row: LeaseRow = { holder, fence: this.#lastFence, until: this.#clock.monotonic() + ttlMs, isReleased: false };
    this.#rows.set(`${tenant}/${name}`, row);
    this.#publish(row, true);
    if (Number.isFinite(ttlMs)) void this.#expire(row);
    return row;
  }

  release(row: LeaseRow): void {
    if (row.isReleased) return;
    row.isReleased = true;
    this.#publish(row, false);
  }

  /** Returns whether a later holder has the lease. */
  isOutdated(tenant: TenantId, name: string, fence: Fence): boolean {
    const row = this.#rows.get(`${tenant}/${name}`);
    return row !== undefined && !(Number(fence) >= row.fence);
  }

  /** Returns the changes that a new watch begins with. */
  snapshot(prefix: string, from: string): readonly Change<LeaseHolder>[] {
    const cursor = this.#cursor;
    if (from !== 'snapshot' && from !== cursor)
      return [{ type: 'reset', reason: 'changes since this cursor are not kept' }];
    const synced = { type: 'synced', cursor } as const;
    if (from === cursor) return [synced];
    const now = this.#clock.monotonic();
    const valid = [...this.#rows.values()].filter(({ isReleased, until }) => !isReleased && until > now);
    const named = valid.filter(({ holder }) => holder.name.startsWith(prefix));
    return [...named.map((row) => this.#held(row)), synced];
  }

  get #cursor(): string {
    return `l${String(this.#changes)}`;
  }

  async #expire(row: LeaseRow): Promise<void> {
    while (!row.isReleased && row.until > this.#clock.monotonic()) {
      await this.#clock.after(row.until - this.#clock.monotonic());
    }
    this.release(row);
  }

  #publish(row: LeaseRow, isHeld: boolean): void {
    this.#changes += 1;
    if (isHeld) this.feed.publish(this.#held(row));
    else this.feed.publish({ type: 'remove', id: row.holder.name, cursor: this.#cursor });
  }

  #held({ holder }: LeaseRow): Change<LeaseHolder> {
    const writtenAt = this.#clock.wall().toISOString();
    const item = { value: holder, revision: holder.fence, writtenAt, op: `${holder.name}/${holder.fence}` };
    return { type: 'put', item, cursor: this.#cursor };
  }
}
