import { randomUUID } from 'node:crypto';
import { StoreError } from '@clarity-runtime/core';
import type {
  CallOptions,
  Limiter,
  RateAnswer,
  RateRequest,
  Slot,
  SlotRequest,
  SlotsFull,
  TenantId,
} from '@clarity-runtime/core/ports';
import type { Database } from '../database/database.ts';
import { assertTenant, numberOf } from '../database/values.ts';

/** Rates and slots that all daemons of a database share, by the clock of the server. */
export class PgLimiter implements Limiter {
  readonly capabilities = { shared: true };
  readonly #database: Database;
  readonly #owner = randomUUID();
  #isClosed = false;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  async take(tenant: TenantId, { key, count, rule }: RateRequest, options: CallOptions = {}): Promise<RateAnswer> {
    this.#assertUsable(tenant);
    const { perMinute, burst = perMinute } = rule;
    const isRule = perMinute > 0 && burst >= 1 && Number.isInteger(count) && count >= 1;
    if (!isRule) throw new StoreError('invalid', `${key}: a rate and a count must be positive`);
    if (count > burst) return { granted: false, retryAfterMs: Infinity };
    const [row] = await this.#database.call('take', [tenant, key, count, perMinute, burst], {
      ...options,
      isWrite: true,
    });
    const retryAfterMs = numberOf(row, 'take');
    return retryAfterMs === 0 ? { granted: true } : { granted: false, retryAfterMs };
  }

  async enter(
    tenant: TenantId,
    { key, max, ttlMs }: SlotRequest,
    options: CallOptions = {},
  ): Promise<Slot | SlotsFull> {
    this.#assertUsable(tenant);
    if (!(max >= 0 && ttlMs > 0)) throw new StoreError('invalid', `${key}: max and ttlMs must be positive`);
    const id = randomUUID();
    const values = [tenant, key, id, this.#owner, max, ttlMs];
    const [row] = await this.#database.call('enter', values, { ...options, isWrite: true });
    if (row?.['enter'] !== null) return { entered: false, inUse: numberOf(row, 'enter') };
    return this.#slot(tenant, key, id, ttlMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // Best effort: without an answer the slots expire.
    await this.#database.call('leave_all', [this.#owner], { isWrite: true }).catch(() => undefined);
  }

  #slot(tenant: TenantId, key: string, id: string, ttlMs: number): Slot {
    let isReleased = false;
    return {
      entered: true,
      renew: async () => {
        const [row] = isReleased ? [] : await this.#database.call('stay', [tenant, key, id, ttlMs], { isWrite: true });
        if (row?.['stay'] !== true) throw new StoreError('fenced', `the slot of ${key} is no longer held`);
      },
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        await this.#database.call('leave', [tenant, key, id], { isWrite: true }).catch(() => undefined);
      },
    };
  }

  #assertUsable(tenant: TenantId): void {
    if (this.#isClosed) throw new StoreError('closed', 'the limiter is closed');
    assertTenant(tenant);
  }
}
