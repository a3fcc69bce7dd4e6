import type { AuditExportLoad } from '@clarity-runtime/adapter-http';
import { isStoreError, type AuditEvent } from '@clarity-runtime/core';
import type { AuditStore, Clock, Cursor, Telemetry } from '@clarity-runtime/core/ports';
import { messageOf } from '../support/error-text.ts';
import type { AuditSpool } from './audit-spool.ts';

/** Dependencies of `AuditShipper`. */
export interface AuditShipperOptions {
  /** The journal of this daemon. */
  readonly telemetry: Telemetry;
  /** The store that the daemons share. */
  readonly auditStore: AuditStore;
  /** Keeps what the journal would drop while the store is away. */
  readonly spool: AuditSpool;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const BATCH = 256;
const IDLE_MS = 50;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const LAST_DEADLINE_MS = 1_000;

/**
 * Sends the events of the journal to the shared audit, in their order. A start sends what the spool and the journal have: the
 * store knows which events it has. While the store is away the spool takes them from the journal, which has no room for a long
 * outage; events without room in the spool stay in the journal, which counts those that it drops.
 */
export class AuditShipper implements AsyncDisposable {
  readonly #options: AuditShipperOptions;
  readonly #closed = new AbortController();
  readonly #done: Promise<void>;
  /** Place in the journal after the events that the store or the spool has. */
  #taken: Cursor | undefined;
  #takenSeq: number;
  #sentSeq = 0;
  #sent = 0;
  #failures = 0;
  #missed = 0;
  #isFull = false;

  constructor(options: AuditShipperOptions) {
    this.#options = options;
    // Events that are not in the journal any more were there for an earlier process.
    this.#takenSeq = Math.max(0, options.telemetry.health.droppedBefore - 1);
    this.#done = this.#run();
  }

  /** For the metrics, as of an export with the name `store`. */
  get load(): AuditExportLoad {
    const { lastSeq = 0 } = this.#options.telemetry.figures ?? {};
    const lag = Math.max(0, lastSeq - this.#sentSeq);
    return { sink: 'store', lag, exported: this.#sent, failures: this.#failures, missed: this.#missed };
  }

  /** Sends the last events, as far as the store answers within a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    await this.#done;
    const last = AbortSignal.timeout(LAST_DEADLINE_MS);
    try {
      while (!last.aborted && (await this.#ship(last)));
    } catch (error) {
      // The next start sends them.
      if (!isStoreError(error)) throw error;
    }
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#closed;
    let pauseMs = FIRST_PAUSE_MS;
    let isAway = false;
    while (!signal.aborted) {
      try {
        const isMore = await this.#ship(signal);
        if (isAway) log('the shared audit is reachable again: the events of this daemon are sent');
        isAway = false;
        pauseMs = FIRST_PAUSE_MS;
        if (!isMore) await clock.after(IDLE_MS, signal);
      } catch (error) {
        if (!isStoreError(error)) throw error;
        this.#failures += 1;
        if (!isAway && !this.#closed.signal.aborted) {
          log(`the shared audit is not reachable, this daemon keeps the events: ${messageOf(error)}`);
        }
        isAway = true;
        await this.#fillSpool();
        await clock.after(pauseMs, signal);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  /** Sends one batch, the oldest events first. Returns whether there may be more. @throws StoreError */
  async #ship(signal: AbortSignal): Promise<boolean> {
    const { spool } = this.#options;
    if (!spool.isEmpty) {
      // New events come after those of the spool, and the journal does not wait for them.
      await this.#fillSpool();
      const events = await spool.oldest(BATCH);
      if (events.length > 0) await this.#append(events, signal);
      spool.sent(events.length);
      return true;
    }
    const { events, next, atEnd } = await this.#read();
    if (events.length > 0) await this.#append(events, signal);
    this.#take(events, next);
    return !atEnd;
  }

  /** Moves events from the journal to the spool, until it is full. */
  async #fillSpool(): Promise<void> {
    const { spool, log } = this.#options;
    try {
      for (;;) {
        const { events, next, atEnd } = await this.#read();
        const hasRoom = events.length === 0 || (await spool.add(events));
        if (!hasRoom && !this.#isFull) log('the spool of audit events is full: the journal drops its oldest events');
        this.#isFull = !hasRoom;
        if (hasRoom) this.#take(events, next);
        if (atEnd || !hasRoom) return;
      }
    } catch (error) {
      if (isStoreError(error)) throw error;
      if (!this.#isFull) log(`the spool of audit events cannot be written: ${messageOf(error)}`);
      this.#isFull = true;
    }
  }

  async #read() {
    const after = this.#taken === undefined ? {} : { after: this.#taken };
    const page = await this.#options.telemetry.read('default', { limit: BATCH, ...after });
    return page;
  }

  #take(events: readonly AuditEvent[], next: Cursor): void {
    const [first, last] = [events[0], events.at(-1)];
    if (first !== undefined) this.#missed += Math.max(0, first.seq - this.#takenSeq - 1);
    if (last !== undefined) this.#takenSeq = last.seq;
    this.#taken = next;
  }

  /** An event that the store refuses for its content is left out, so that it does not hold up the others. */
  async #append(events: readonly AuditEvent[], signal: AbortSignal): Promise<void> {
    const { auditStore, log } = this.#options;
    try {
      await auditStore.append('default', events, { signal });
      this.#sent += events.length;
      this.#sentSeq = events.at(-1)?.seq ?? this.#sentSeq;
    } catch (error) {
      if (!isStoreError(error) || !['invalid', 'too_large'].includes((error as { readonly kind: string }).kind))
        throw error;
      const [first] = events;
      if (events.length > 1) for (const event of events) await this.#append([event], signal);
      else log(`the shared audit refuses event ${first?.id ?? ''}: ${messageOf(error)}`);
    }
  }
}
