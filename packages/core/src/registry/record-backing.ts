import type { AuditEventDraft } from '../domain/audit/audit-event.ts';
import type { StoreCapabilities, StoreHealth, UnsupportedRecord, Versioned } from '../ports/index.ts';

/** One accepted change of a record store. Without `value` the record is removed. */
export interface RecordEntry<T> {
  readonly tenant: string;
  readonly id: string;
  readonly op: string;
  readonly revision: string;
  /** ISO 8601. */
  readonly writtenAt: string;
  readonly value?: T;
  /** The audit event of the change. */
  readonly event?: AuditEventDraft;
}

/** A stored record with its tenant. */
export interface TenantRecord<T> extends Versioned<T> {
  readonly tenant: string;
  readonly id: string;
}

/** Storage behind the records in memory. */
export interface RecordBacking<T> {
  readonly capabilities: StoreCapabilities;
  readonly health: StoreHealth;
  readonly unsupported?: readonly UnsupportedRecord[];
  /** The tenants that the storage has; any when absent. */
  readonly tenants?: readonly string[];
  /** Records at the opening, and the number of changes before: revisions contain it, so that none is used twice. */
  readonly initial: { readonly changes: number; readonly records: Iterable<TenantRecord<T>> };
  /**
   * Stores the entries of one batch as a whole. Resolves with the durability of `capabilities.durable`.
   * @throws StoreError; the kind `indeterminate` leaves open whether the batch is stored.
   */
  append(entries: readonly RecordEntry<T>[]): Promise<void>;
  close(): Promise<void>;
  now(): Date;
  /** Returns a signal that aborts after this time, for the deadline of a write. Absent for a storage that answers at once. */
  timeout?(ms: number): AbortSignal;
}

/** Milliseconds for which a store in memory recognizes a repeated operation. */
export const DEDUPE_WINDOW_MS = 24 * 60 * 60_000;

export const MAX_RECORD_BYTES = 256 * 1024;

/** Returns a backing that stores nothing: the records exist in memory only. */
export const inMemory = <T>(): RecordBacking<T> => ({
  capabilities: {
    shared: false,
    durable: 'memory',
    watch: 'push',
    maxValueBytes: MAX_RECORD_BYTES,
    dedupeWindowMs: DEDUPE_WINDOW_MS,
    writeWithEvent: 'repaired',
  },
  health: { state: 'up' },
  initial: { changes: 0, records: [] },
  append: () => Promise.resolve(),
  close: () => Promise.resolve(),
  now: () => new Date(),
});
