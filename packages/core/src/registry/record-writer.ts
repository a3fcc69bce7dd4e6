import { StoreError } from '../domain/errors/store-error.ts';
import type { RecordBacking, RecordEntry } from './record-backing.ts';
import type { AcceptedWrite, RecordTable, Write } from './record-table.ts';

interface PendingWrite<T> {
  readonly write: Write<T>;
  readonly resolve: (accepted: AcceptedWrite<T>) => void;
  readonly reject: (reason: Error) => void;
  /** The writes of its batch may be on their way to the storage. */
  isStored: boolean;
}

/**
 * Serializes the writes of a store. Writes that arrive while a batch is stored share the next batch. Memory changes after the
 * batch is stored: a failed batch leaves the table unchanged and rejects all its writes.
 */
export class RecordWriter<T> {
  readonly #table: RecordTable<T>;
  readonly #backing: RecordBacking<T>;
  readonly #onApplied: (entries: readonly RecordEntry<T>[]) => void;
  #pending: PendingWrite<T>[] = [];
  #draining: Promise<void> | undefined;
  #isClosed = false;

  constructor(
    table: RecordTable<T>,
    backing: RecordBacking<T>,
    onApplied: (entries: readonly RecordEntry<T>[]) => void,
  ) {
    this.#table = table;
    this.#backing = backing;
    this.#onApplied = onApplied;
  }

  /**
   * Resolves when the write is stored and applied. At the deadline or the abort of its context it rejects: `unavailable` or
   * `aborted` if it waits for its batch, and is never stored then; else `indeterminate`.
   * @throws StoreError `closed` after `close`.
   */
  write(write: Write<T>): Promise<AcceptedWrite<T>> {
    if (this.#isClosed) return Promise.reject(new StoreError('closed', 'the store is closed'));
    return new Promise((resolve, reject) => {
      const settled = new AbortController();
      const pending: PendingWrite<T> = {
        write,
        isStored: false,
        resolve: (accepted) => {
          settled.abort();
          resolve(accepted);
        },
        reject: (reason) => {
          settled.abort();
          reject(reason);
        },
      };
      this.#limit(pending, settled.signal);
      this.#pending.push(pending);
      this.#draining ??= this.#drain();
    });
  }

  /** Ends the wait for a write at its deadline or its abort. */
  #limit(pending: PendingWrite<T>, settled: AbortSignal): void {
    const { deadlineMs, signal } = pending.write.context;
    const endOn = (cause: AbortSignal, kind: 'unavailable' | 'aborted', reason: string): void => {
      const end = (): void => {
        this.#pending = this.#pending.filter((other) => other !== pending);
        pending.reject(
          pending.isStored
            ? new StoreError('indeterminate', `${reason}: the change may be stored`)
            : new StoreError(kind, `${reason}: the change is not stored`),
        );
      };
      cause.addEventListener('abort', end, { once: true, signal: settled });
    };
    if (signal !== undefined) endOn(signal, 'aborted', 'aborted by the caller');
    const deadline = deadlineMs === undefined ? undefined : this.#backing.timeout?.(deadlineMs);
    if (deadline === undefined) return;
    endOn(deadline, 'unavailable', `the store did not answer within ${String(deadlineMs)} ms`);
  }

  /** Rejects later writes, waits for the earlier ones and closes the backing. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#draining;
    await this.#backing.close();
  }

  async #drain(): Promise<void> {
    // One microtask later, so that writes of the same tick share the first batch.
    await Promise.resolve();
    while (this.#pending.length > 0) await this.#store(this.#pending.splice(0));
    this.#draining = undefined;
  }

  async #store(writes: readonly PendingWrite<T>[]): Promise<void> {
    const batch = this.#table.batch();
    const answers: (() => void)[] = [];
    const failures: ((reason: Error) => void)[] = [];
    for (const pending of writes) {
      const { write, resolve, reject } = pending;
      pending.isStored = true;
      try {
        const accepted = batch.add(write);
        failures.push(reject);
        answers.push(() => {
          resolve(accepted);
        });
      } catch (error) {
        reject(error as Error);
      }
    }
    const { entries } = batch;
    try {
      if (entries.length > 0) await this.#backing.append(entries);
    } catch (error) {
      for (const reject of failures) reject(error as Error);
      return;
    }
    this.#table.apply(entries);
    this.#onApplied(entries);
    for (const answer of answers) answer();
  }
}
