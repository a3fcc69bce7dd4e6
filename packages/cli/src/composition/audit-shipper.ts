import { isStoreError, type AuditEvent } from '@clarity-runtime/core';
import type { AuditStore, Clock, Cursor, Telemetry } from '@clarity-runtime/core/ports';
import { messageOf } from '../support/error-text.ts';

/** Dependencies of `AuditShipper`. */
export interface AuditShipperOptions {
  /** The journal of this daemon. */
  readonly telemetry: Telemetry;
  /** The store that the daemons share. */
  readonly auditStore: AuditStore;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

const BATCH = 256;
const IDLE_MS = 50;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 2_000;
const LAST_DEADLINE_MS = 1_000;

/**
 * Sends the events of the journal to the shared audit, in their order. A start sends what the journal has: the store knows which
 * events it has. While the store is away the journal keeps them.
 */
export class AuditShipper implements AsyncDisposable {
  readonly #options: AuditShipperOptions;
  readonly #closed = new AbortController();
  readonly #done: Promise<void>;
  #sent: Cursor | undefined;

  constructor(options: AuditShipperOptions) {
    this.#options = options;
    this.#done = this.#run();
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
        if (isAway) log('the shared audit is reachable again: the events of the journal are sent');
        isAway = false;
        pauseMs = FIRST_PAUSE_MS;
        if (!isMore) await clock.after(IDLE_MS, signal);
      } catch (error) {
        if (!isStoreError(error)) throw error;
        if (!isAway && !this.#closed.signal.aborted) {
          log(`the shared audit is not reachable, the journal keeps the events: ${messageOf(error)}`);
        }
        isAway = true;
        await clock.after(pauseMs, signal);
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  /** Sends one batch. Returns whether there may be more. @throws StoreError */
  async #ship(signal: AbortSignal): Promise<boolean> {
    const { telemetry } = this.#options;
    const after = this.#sent === undefined ? {} : { after: this.#sent };
    const { events, next, atEnd } = await telemetry.read('default', { limit: BATCH, ...after });
    if (events.length > 0) await this.#append(events, signal);
    this.#sent = next;
    return !atEnd;
  }

  /** An event that the store refuses for its content is left out, so that it does not hold up the others. */
  async #append(events: readonly AuditEvent[], signal: AbortSignal): Promise<void> {
    const { auditStore, log } = this.#options;
    try {
      await auditStore.append('default', events, { signal });
    } catch (error) {
      if (!isStoreError(error) || !['invalid', 'too_large'].includes((error as { readonly kind: string }).kind))
        throw error;
      const [first] = events;
      if (events.length > 1) for (const event of events) await this.#append([event], signal);
      else log(`the shared audit refuses event ${first?.id ?? ''}: ${messageOf(error)}`);
    }
  }
}
