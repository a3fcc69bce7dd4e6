import { isStoreError, StoreError, type AuditEvent } from '@clarity-runtime/core';
import { outcomeOf } from '@clarity-runtime/core/audit-chain';
import type {
  AuditQuery,
  AuditReset,
  AuditStore,
  AuditStoreCapabilities,
  AuditVerdict,
  AuditVerification,
  CallOptions,
  Cursor,
  StoreCapabilities,
  StoredEvent,
  StoredPage,
  StoreHealth,
  TenantId,
} from '@clarity-runtime/core/ports';
import type { Database } from '../database/database.ts';
import { assertTenant, numberOf, textOf } from '../database/values.ts';
import { verifyChain } from './chain-reader.ts';

/** Dependencies of `PgAuditStore`. */
export interface PgAuditStoreOptions {
  readonly database: Database;
  readonly durable: StoreCapabilities['durable'];
}

const KIND = 'audit';
const MAX_EVENT_BYTES = 1024 * 1024;
const EVENT_ID = /^([^/]{1,200})\/(\d{1,15})\/(\d{1,15})$/;
const PLACE = /^@(\w+)\.(\d{1,15})$/;
const LEVELS = ['info', 'warn', 'error'];

/**
 * The audit of all daemons in PostgreSQL: one hash chain for each tenant, in which the events of each journal have their order.
 * A cursor is the id of an event, or a place that a read ended at.
 */
export class PgAuditStore implements AuditStore {
  readonly capabilities: AuditStoreCapabilities;
  readonly #database: Database;
  readonly #closed = new AbortController();

  constructor({ database, durable }: PgAuditStoreOptions) {
    this.#database = database;
    this.capabilities = { shared: true, durable, dedupeWindowMs: 'forever', maxValueBytes: MAX_EVENT_BYTES };
  }

  get health(): StoreHealth {
    return this.#database.health;
  }

  async append(
    tenant: TenantId,
    batch: readonly AuditEvent[],
    options: CallOptions = {},
  ): Promise<{ readonly acknowledged: number }> {
    this.#assertUsable(tenant, options);
    if (batch.length === 0) return { acknowledged: 0 };
    const rows = batch.map(rowOf);
    await this.#database.call('append', [tenant, JSON.stringify(rows)], { ...options, isWrite: true });
    return { acknowledged: batch.length };
  }

  async read(
    tenant: TenantId,
    query: AuditQuery,
    from?: Cursor | 'end',
    options: CallOptions = {},
  ): Promise<StoredPage> {
    this.#assertUsable(tenant, options);
    const { generation, head, after, missed } = await this.#place(tenant, from, options);
    const place = (ord: number): Cursor => `@${generation}.${String(ord)}`;
    if (after >= head)
      return { events: [], next: from === undefined || from === 'end' ? place(after) : from, atHead: true, missed };
    const rows = await this.#database.call('events', [tenant, after, query.limit, ...filtersOf(query)], options);
    const events = rows.filter(({ body }) => body !== null).map((row) => storedEvent(textOf(row, 'body')));
    const isFull = events.length >= query.limit;
    const lastRow = rows.at(-1);
    const end = lastRow === undefined ? after : numberOf(lastRow, isFull ? 'ord' : 'scanned');
    return { events, next: place(end), atHead: end >= head, missed };
  }

  async newest(tenant: TenantId, query: AuditQuery, options: CallOptions = {}): Promise<readonly StoredEvent[]> {
    this.#assertUsable(tenant, options);
    const rows = await this.#database.call('newest', [tenant, query.limit, ...filtersOf(query)], options);
    return rows.map((row) => storedEvent(textOf(row, 'body'))).reverse();
  }

  async *tail(
    tenant: TenantId,
    query: AuditQuery,
    from: Cursor | 'now',
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent | AuditReset, void> {
    const ended = AbortSignal.any([signal, this.#closed.signal, this.#database.ended]);
    // The reader may end the tail while it handles an event.
    const isOver = (): boolean => ended.aborted;
    let next: Cursor | 'end' = from === 'now' ? 'end' : from;
    while (!isOver()) {
      const seen = this.#database.hints.count(KIND);
      let isAtHead = true;
      try {
        const page = await this.read(tenant, query, next);
        if (page.missed > 0) yield { reset: `${String(page.missed)} events were dropped by retention` };
        for (const event of page.events) {
          if (isOver()) return;
          yield event;
        }
        next = page.next;
        isAtHead = page.atHead;
      } catch (error) {
        if (isOver()) return;
        if (!isStoreError(error)) throw error;
        if (error.kind === 'invalid') {
          yield { reset: 'the cursor is not of this store' };
          return;
        }
        if (!['unavailable', 'exhausted'].includes(error.kind)) throw error;
      }
      if (isAtHead && !isOver()) await this.#database.hints.wait(KIND, seen, ended);
    }
  }

  async verify(tenant: TenantId, verification?: AuditVerification, options: CallOptions = {}): Promise<AuditVerdict> {
    this.#assertUsable(tenant, options);
    return verifyChain(this.#database, tenant, verification, options);
  }

  cursorOf({ id }: AuditEvent): Cursor {
    return id;
  }

  /** Returns the number of the newest stored event of a start of a daemon; 0 without one. */
  async shippedTo(tenant: TenantId, instance: string, options: CallOptions = {}): Promise<{ boot: number; n: number }> {
    this.#assertUsable(tenant, options);
    const [row] = await this.#database.call('shipped_to', [tenant, instance], options);
    return row === undefined ? { boot: 0, n: 0 } : { boot: numberOf(row, 'boot'), n: numberOf(row, 'n') };
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort();
    return Promise.resolve();
  }

  /** Resolves a cursor. @throws StoreError `invalid` for a cursor of another store. */
  async #place(tenant: TenantId, from: Cursor | 'end' | undefined, options: CallOptions) {
    const isId = from !== undefined && EVENT_ID.test(from);
    const [row] = await this.#database.call('chain_position', [tenant, isId ? from : null], options);
    const [generation, head, dropped] = [textOf(row, 'generation'), numberOf(row, 'head'), numberOf(row, 'dropped')];
    const place = { generation, head };
    if (from === undefined) return { ...place, after: dropped, missed: 0 };
    if (from === 'end') return { ...place, after: head, missed: 0 };
    if (isId) {
      if (row?.['ord'] !== null) return { ...place, after: numberOf(row, 'ord'), missed: 0 };
      // The event was stored, and dropped: at least the count of the events after it is not known.
      if (row['shipped'] === true && dropped > 0) return { ...place, after: dropped, missed: 1 };
      throw new StoreError('invalid', `the store has no event '${from}'`);
    }
    const known = PLACE.exec(from);
    const ord = Number(known?.[2]);
    if (known?.[1] !== generation || ord > head) throw new StoreError('invalid', 'the cursor is not of this store');
    return { ...place, after: Math.max(ord, dropped), missed: Math.max(0, dropped - ord) };
  }

  #assertUsable(tenant: TenantId, { signal }: CallOptions): void {
    if (this.#closed.signal.aborted) throw new StoreError('closed', 'the audit store is closed');
    assertTenant(tenant);
    if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
  }
}

/** @throws StoreError `invalid` for an event without the id of a journal. */
function rowOf(event: AuditEvent): Readonly<Record<string, unknown>> {
  const id = EVENT_ID.exec(event.id);
  if (id === null) throw new StoreError('invalid', `'${event.id}' is not the id of an event`);
  const at = new Date(event.at);
  return {
    id: event.id,
    instance: id[1],
    boot: Number(id[2]),
    n: Number(id[3]),
    at: Number.isNaN(at.getTime()) ? null : at.toISOString(),
    kind: event.kind,
    level: LEVELS.indexOf(event.level),
    service: event.serviceId ?? null,
    caller: event.caller?.id ?? null,
    outcome: outcomeOf(event),
    op: event.op ?? null,
    // PostgreSQL has no text with U+0000; JSON writes it as an escape.
    body: JSON.stringify(event),
  };
}

function filtersOf(query: AuditQuery): readonly unknown[] {
  const { serviceId = null, kind = null, level, caller = null, outcome = null } = query;
  const levelNumber = level === undefined ? null : LEVELS.indexOf(level);
  return [serviceId, kind, levelNumber, timeOf('since', query.since), timeOf('until', query.until), caller, outcome];
}

function timeOf(name: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) throw new StoreError('invalid', `${name}: not an ISO 8601 time`);
  return time.toISOString();
}

function storedEvent(body: string): StoredEvent {
  const event = JSON.parse(body) as AuditEvent;
  return { event, cursor: event.id };
}
