import type { AuditExportLoad } from '@clarity-runtime/adapter-http';
import { isStoreError, type AuditEvent, type Runtime } from '@clarity-runtime/core';
import { systemCaller } from '@clarity-runtime/core/internal';
import type { Clock } from '@clarity-runtime/core/ports';
import { messageOf } from '../support/error-text.ts';
import type { AuditSink, LastExported } from './audit-sink.ts';

/** Events that are in memory at once. */
const BATCH_COUNT = 500;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;
/** Time after which the log repeats that a destination fails. */
const LOG_INTERVAL_MS = 10 * 60_000;

export interface AuditExporterOptions {
  readonly runtime: Runtime;
  readonly sink: AuditSink;
  /** Cursor after the last exported event; absent: from the oldest stored event. */
  readonly after?: string | undefined;
  /** Stores the cursor after the destination has the events. */
  readonly onCursor?: (cursor: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: (line: string) => void;
}

/**
 * Sends audit events to a destination as they happen: from a cursor, in order, each at least once. It reads the store in
 * batches, so it takes bounded memory, and no call waits for it.
 */
export class AuditExporter {
  readonly #options: AuditExporterOptions;
  readonly #closing = new AbortController();
  #cursor: string;
  #lastSeq = 0;
  /** Last event of the destination at the start: earlier ones are not sent again. */
  #known: LastExported | undefined;
  #wake = (): void => undefined;
  #exported = 0;
  #failures = 0;
  #missed = 0;
  #loggedAt = -Infinity;
  readonly #done: Promise<void>;

  constructor(options: AuditExporterOptions) {
    this.#options = options;
    this.#cursor = options.after ?? 'start';
    options.runtime.on('audited', () => {
      this.#wake();
    });
    this.#done = this.#run();
  }

  get load(): AuditExportLoad {
    const { runtime, sink } = this.#options;
    const { lastSeq = 0 } = runtime.metrics().journal;
    const lag = Math.max(0, lastSeq - this.#lastSeq);
    return { sink: sink.name, lag, exported: this.#exported, failures: this.#failures, missed: this.#missed };
  }

  /** Opens the destination again, for example after its file was renamed. */
  reopen(): void {
    this.#options.sink.reopen();
  }

  /** Sends what is stored, once and for at most `graceMs`, and ends. */
  async close(graceMs: number): Promise<void> {
    const { clock, sink } = this.#options;
    const flush = async (): Promise<void> => {
      while ((await this.#step()) > 0);
    };
    this.#closing.abort();
    this.#wake();
    await this.#done;
    await Promise.race([flush().catch(() => undefined), clock.after(graceMs)]);
    await sink.close();
  }

  async #run(): Promise<void> {
    const { clock, sink } = this.#options;
    const { signal } = this.#closing;
    let retryMs = 0;
    let hasFirst = false;
    const isClosing = (): boolean => signal.aborted;
    while (!isClosing()) {
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      try {
        if (!hasFirst) this.#known = await sink.last?.();
        hasFirst = true;
        const count = await this.#step();
        retryMs = 0;
        if (count === 0) await woken;
      } catch (error) {
        if (isClosing()) return;
        this.#failures += 1;
        retryMs = Math.min(MAX_RETRY_MS, Math.max(FIRST_RETRY_MS, retryMs * 2));
        this.#report(error);
        await clock.after(retryMs, signal);
      }
    }
  }

  /** Sends one batch. Returns the number of stored events that it read. */
  async #step(): Promise<number> {
    const { runtime, sink, onCursor } = this.#options;
    const page = await runtime.audit
      .page(systemCaller, { after: this.#cursor, limit: BATCH_COUNT })
      .catch((error: unknown) => {
        // The store was replaced: its first event is the next one to export.
        if (isStoreError(error) && error.kind === 'invalid') this.#cursor = 'start';
        throw error;
      });
    const events = page.items.filter((event) => !isKnown(event, this.#known));
    if (events.length > 0) await sink.write(events, AbortSignal.timeout(MAX_RETRY_MS));
    this.#missed += page.missed ?? 0;
    this.#exported += events.length;
    this.#lastSeq = page.items.at(-1)?.seq ?? this.#lastSeq;
    if (page.next !== this.#cursor) await onCursor?.(page.next);
    this.#cursor = page.next;
    return page.items.length;
  }

  #report(error: unknown): void {
    const { clock, sink, log } = this.#options;
    if (clock.monotonic() - this.#loggedAt < LOG_INTERVAL_MS) return;
    this.#loggedAt = clock.monotonic();
    log(`audit export to ${sink.name} failed and is repeated: ${messageOf(error)}`);
  }
}

/** An id begins with the instance of its store: the numbers of another store are not compared. */
const isKnown = ({ seq, id }: AuditEvent, last: LastExported | undefined): boolean =>
  last !== undefined && seq <= last.seq && id.split('/', 1)[0] === last.id.split('/', 1)[0];
