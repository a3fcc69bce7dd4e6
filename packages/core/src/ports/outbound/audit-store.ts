import type { AuditEvent } from '../../domain/audit/audit-event.ts';
import type { CallOptions, Cursor, StoreCapabilities, StoreHealth, TenantId } from './store.ts';
import type { AuditQuery, AuditVerdict, AuditVerification } from './telemetry.ts';

/** A stored event with the cursor after it. The order of cursors is that of the store, not of `seq`. */
export interface StoredEvent {
  readonly event: AuditEvent;
  readonly cursor: Cursor;
}

/** One page of stored events. */
export interface StoredPage {
  /** The oldest matching events, at most `limit`, oldest first. */
  readonly events: readonly StoredEvent[];
  /** Cursor of the next page, also if no event matched. */
  readonly next: Cursor;
  /** The page ends with the newest event. */
  readonly atHead: boolean;
  /** Count of events after the cursor that retention dropped before this read. */
  readonly missed: number;
}

/** The stored events after a cursor are not known: the reader starts again, for example with `newest`. */
export interface AuditReset {
  readonly reset: string;
}

/** Facts about an audit store. */
export type AuditStoreCapabilities = Pick<StoreCapabilities, 'shared' | 'durable' | 'dedupeWindowMs' | 'maxValueBytes'>;

/**
 * The store that audit events are read from. It holds the hash chain of its events. `Telemetry` is the local journal of one
 * process; a store of several processes receives the events of each journal. An event is identified by its id
 * (`<instance>/<boot>/<n>`, `n` without gaps per boot). Every failure is a `StoreError`; after `dispose` it is `closed`,
 * and every tail ends.
 */
export interface AuditStore extends AsyncDisposable {
  readonly capabilities: AuditStoreCapabilities;
  /** No I/O. */
  readonly health: StoreHealth;
  /**
   * Stores events of a journal, in order. Events that are stored are acknowledged and not stored again. Rejects with
   * `invalid` for an event of a journal that the store does not accept; the events before it are stored.
   */
  append(
    tenant: TenantId,
    batch: readonly AuditEvent[],
    options?: CallOptions,
  ): Promise<{ readonly acknowledged: number }>;
  /** Returns the events after `from`; `end` starts with the next event, and absent with the oldest. A cursor of another store is `invalid`. */
  read(tenant: TenantId, query: AuditQuery, from?: Cursor | 'end', options?: CallOptions): Promise<StoredPage>;
  /** Returns the newest matching events, at most `limit`, oldest first. */
  newest(tenant: TenantId, query: AuditQuery, options?: CallOptions): Promise<readonly StoredEvent[]>;
  /**
   * Yields the matching events after `from` and then each new one, until the signal aborts. `limit` is the size of a read.
   * Yields `reset` when events after the cursor were dropped, and continues; and when the cursor is not of this store, and ends.
   */
  tail(
    tenant: TenantId,
    query: AuditQuery,
    from: Cursor | 'now',
    signal: AbortSignal,
  ): AsyncIterable<StoredEvent | AuditReset>;
  /** Verifies the hash chain over all stored events. */
  verify(tenant: TenantId, verification?: AuditVerification, options?: CallOptions): Promise<AuditVerdict>;
  /** Returns the cursor after an event of this store. No I/O. */
  cursorOf(event: AuditEvent): Cursor;
}
