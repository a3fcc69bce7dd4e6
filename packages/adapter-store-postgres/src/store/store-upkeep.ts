import { isStoreError, type AuditEvent, type AuditEventDraft } from '@clarity-runtime/core';
import type { AuditStore } from '@clarity-runtime/core/ports';
import type { Database } from '../database/database.ts';
import { textOf } from '../database/values.ts';

/** Dependencies of `StoreUpkeep`. */
export interface StoreUpkeepOptions {
  readonly database: Database;
  readonly auditStore: AuditStore;
  /** Days that audit events are kept. */
  readonly auditDays: number;
}

const REPAIR_MS = 30_000;
const SWEEP_TURNS = 20;

/**
 * Repairs and forgets in the background: appends the events of changes whose daemon ended before it sent them, and sweeps old
 * operations, removals, slots and events. Every daemon does it; the effects do not depend on how many do.
 */
export class StoreUpkeep implements AsyncDisposable {
  readonly #options: StoreUpkeepOptions;
  readonly #closed = new AbortController();
  readonly #done: Promise<void>;

  constructor(options: StoreUpkeepOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    await this.#done;
  }

  /** Appends events of changes that are older than a minute and not in the audit. Returns their number. @throws StoreError */
  async repair(): Promise<number> {
    const { database, auditStore } = this.#options;
    const rows = await database.call('unsent_events', []);
    for (const row of rows) {
      const tenant = textOf(row, 'tenant');
      const op = textOf(row, 'op');
      const journal = `repair-${Buffer.from(op).toString('hex').slice(0, 40)}`;
      const draft = JSON.parse(textOf(row, 'event')) as AuditEventDraft;
      // The id is derived from the operation: two daemons that repair at once store one event.
      const event: AuditEvent = { ...draft, seq: 1, id: `${journal}/1/1`, op };
      await auditStore.append(tenant, [event]);
    }
    return rows.length;
  }

  /** @throws StoreError */
  async sweep(): Promise<void> {
    const { database, auditDays } = this.#options;
    await database.call('sweep_records', [], { isWrite: true });
    await database.call('sweep_sharing', [], { isWrite: true });
    await database.call('drop_events', [auditDays], { isWrite: true });
  }

  async #run(): Promise<void> {
    const { signal } = this.#closed;
    const isOver = (): boolean => signal.aborted;
    for (let turn = 1; !isOver(); turn += 1) {
      await this.#options.database.clock.after(REPAIR_MS, signal);
      if (isOver()) return;
      try {
        await this.repair();
        if (turn % SWEEP_TURNS === 0) await this.sweep();
      } catch (error) {
        // The next turn tries again.
        if (!isStoreError(error)) throw error;
      }
    }
  }
}
