import type { AuditEvent } from '../domain/audit/audit-event.ts';
import { StoreError } from '../domain/errors/store-error.ts';
import type {
  AuditQuery,
  AuditReset,
  AuditStore,
  AuditStoreCapabilities,
  AuditVerdict,
  AuditVerification,
  CallOptions,
  Clock,
  Cursor,
  StoredEvent,
  StoredPage,
  StoreHealth,
  Telemetry,
  TenantId,
} from '../ports/index.ts';

/** Milliseconds between two reads of a tail without new events. */
const DEFAULT_POLL_MS = 250;

/** Dependencies of `TelemetryAuditStore`. */
export interface TelemetryAuditStoreOptions {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Milliseconds between two reads of a tail; 250 when absent. */
  readonly pollMs?: number;
}

/**
 * The journal of this process as the store that events are read from. Its events are stored already, so `append` acknowledges
 * them; events of other journals are `invalid`. Disposing it ends the tails and leaves the telemetry open.
 */
export class TelemetryAuditStore implements AuditStore {
  readonly #telemetry: Telemetry;
  readonly #clock: Clock;
  readonly #pollMs: number;
  readonly #open = new AbortController();

  constructor({ telemetry, clock, pollMs = DEFAULT_POLL_MS }: TelemetryAuditStoreOptions) {
    this.#telemetry = telemetry;
    this.#clock = clock;
    this.#pollMs = pollMs;
  }

  get capabilities(): AuditStoreCapabilities {
    const { durable, maxValueBytes } = this.#telemetry.capabilities;
    return { shared: false, durable: durable.committed, dedupeWindowMs: 'forever', maxValueBytes };
  }

  get health(): StoreHealth {
    const { state, reason } = this.#telemetry.health;
    return { state: state === 'up' ? 'up' : 'degraded', ...(reason === undefined ? {} : { reason }) };
  }

  async append(
    tenant: TenantId,
    batch: readonly AuditEvent[],
    options?: CallOptions,
  ): Promise<{ readonly acknowledged: number }> {
    return this.#within(options, async () => {
      for (const event of batch) {
        if (!(await this.#has(tenant, event))) {
          throw new StoreError('invalid', `event ${event.id} is of another journal than that of this store`);
        }
      }
      return { acknowledged: batch.length };
    });
  }

  async read(tenant: TenantId, query: AuditQuery, from?: Cursor | 'end', options?: CallOptions): Promise<StoredPage> {
    const reading = { ...query, ...(from === undefined ? {} : { after: from }) };
    const page = await this.#within(options, () => this.#telemetry.read(tenant, reading));
    return {
      events: page.events.map((event) => this.#stored(event)),
      next: page.next,
      atHead: page.atEnd,
      missed: page.missed,
    };
  }

  async newest(tenant: TenantId, query: AuditQuery, options?: CallOptions): Promise<readonly StoredEvent[]> {
    const events = await this.#within(options, () => this.#telemetry.events(tenant, query));
    return events.map((event) => this.#stored(event));
  }

  async *tail(
    tenant: TenantId,
    query: AuditQuery,
    from: Cursor | 'now',
    signal: AbortSignal,
  ): AsyncGenerator<StoredEvent | AuditReset, void> {
    const end = AbortSignal.any([signal, this.#open.signal]);
    let next = from === 'now' ? (await this.read(tenant, { ...query, limit: 1 }, 'end')).next : from;
    // The reader may end the tail while it handles an event.
    const isOver = (): boolean => end.aborted;
    while (!isOver()) {
      const page = await this.read(tenant, query, next).catch((error: unknown) => {
        if (error instanceof StoreError && error.kind === 'invalid') return undefined;
        throw error;
      });
      if (page === undefined) {
        yield { reset: 'the cursor is not of this store' };
        return;
      }
      if (page.missed > 0) yield { reset: `${String(page.missed)} events were dropped by retention` };
      for (const event of page.events) {
        if (isOver()) return;
        yield event;
      }
      next = page.next;
      if (page.atHead) await this.#clock.after(this.#pollMs, end);
    }
  }

  async verify(tenant: TenantId, verification?: AuditVerification, options?: CallOptions): Promise<AuditVerdict> {
    return this.#within(options, () => this.#telemetry.verify(tenant, verification));
  }

  cursorOf(event: AuditEvent): Cursor {
    return this.#telemetry.cursorOf(event);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#open.abort();
    return Promise.resolve();
  }

  #stored(event: AuditEvent): StoredEvent {
    return { event, cursor: this.#telemetry.cursorOf(event) };
  }

  /** Also true for an event that retention has dropped. */
  async #has(tenant: TenantId, event: AuditEvent): Promise<boolean> {
    if (event.seq < this.#telemetry.health.droppedBefore) return true;
    const after = this.#telemetry.cursorOf({ ...event, seq: event.seq - 1 });
    const { events } = await this.#telemetry.read(tenant, { limit: 1, after });
    return events[0]?.id === event.id;
  }

  /** Ends the wait for a journal that does not answer. No operation writes, so that a late answer has no effect. */
  async #within<T>({ signal, deadlineMs }: CallOptions = {}, work: () => Promise<T>): Promise<T> {
    if (this.#open.signal.aborted) throw new StoreError('closed', 'the audit store is closed');
    if (signal?.aborted === true) throw new StoreError('aborted', 'aborted before it was tried');
    const done = new AbortController();
    const ends: Promise<never>[] = [];
    if (signal !== undefined) ends.push(rejectionOn(signal, done.signal, new StoreError('aborted', 'aborted')));
    if (deadlineMs !== undefined) {
      const late = new AbortController();
      void this.#clock.after(deadlineMs, done.signal).then(() => {
        late.abort();
      });
      const reason = `the audit log did not answer within ${String(deadlineMs)} ms`;
      ends.push(rejectionOn(late.signal, done.signal, new StoreError('unavailable', reason)));
    }
    try {
      return await Promise.race([work(), ...ends]);
    } finally {
      done.abort();
    }
  }
}

/** Rejects when `signal` aborts before `done`. */
const rejectionOn = (signal: AbortSignal, done: AbortSignal, reason: StoreError): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener(
      'abort',
      () => {
        reject(reason);
      },
      { once: true, signal: done },
    );
  });
