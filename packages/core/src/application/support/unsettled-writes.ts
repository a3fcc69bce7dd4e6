import type { Caller } from '../../domain/access/caller.ts';
import type { AuditEventDraft } from '../../domain/audit/audit-event.ts';
import type { Clock, Expect } from '../../ports/index.ts';

/** A write as it was sent: every repetition is identical. Without `value` it is a removal. */
export interface IntendedWrite<T> {
  readonly caller: Caller;
  readonly op: string;
  readonly expect: Expect;
  readonly value?: T;
  readonly event?: AuditEventDraft;
}

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

interface Unsettled<T> {
  /** `refresh`: nothing was written, but memory may differ from the store. */
  readonly write: IntendedWrite<T> | 'refresh';
  readonly since: string;
}

/** The writes without a known outcome, at most one per record, and the task that settles them. */
export class UnsettledWrites<T> {
  readonly #writes = new Map<string, Unsettled<T>>();
  readonly #clock: Clock;
  readonly #settle: (id: string) => Promise<void>;
  readonly #closing = new AbortController();
  #isRunning = false;

  /** `settle` rejects while the store has no answer. */
  constructor(clock: Clock, settle: (id: string) => Promise<void>) {
    this.#clock = clock;
    this.#settle = settle;
  }

  find(id: string): IntendedWrite<T> | 'refresh' | undefined {
    return this.#writes.get(id)?.write;
  }

  since(id: string): string | undefined {
    return this.#writes.get(id)?.since;
  }

  add(id: string, write: IntendedWrite<T> | 'refresh'): void {
    const since = this.#writes.get(id)?.since ?? this.#clock.wall().toISOString();
    this.#writes.set(id, { write, since });
    if (!this.#isRunning && !this.#closing.signal.aborted) void this.#run();
  }

  delete(id: string): void {
    this.#writes.delete(id);
  }

  close(): void {
    this.#closing.abort();
  }

  /** Repeats the writes with growing delays until none is left. */
  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let delayMs = FIRST_DELAY_MS; this.#writes.size > 0; delayMs = Math.min(delayMs * 2, LONGEST_DELAY_MS)) {
      await this.#clock.after(delayMs, this.#closing.signal);
      if (this.#closing.signal.aborted) break;
      for (const id of [...this.#writes.keys()]) await this.#settle(id).catch(() => undefined);
    }
    this.#isRunning = false;
  }
}
