import { StoreError, type ServiceRecord } from '@clarity-runtime/core';
import type { RegistryState } from '@clarity-runtime/core/registry';

type Change<T> = (state: RegistryState<T>) => RegistryState<T>;

interface PendingChange<T> {
  readonly change: Change<T>;
  readonly resolve: (state: RegistryState<T>) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Serializes the changes of a registry. Changes that arrive during a write are written together by the next one. Memory
 * changes after the write: a failed write leaves the state unchanged and rejects all changes in it.
 */
export class RegistryWriter<T = ServiceRecord> {
  #state: RegistryState<T>;
  #pending: PendingChange<T>[] = [];
  #writing: Promise<void> | undefined;
  #closed = false;
  readonly #save: (state: RegistryState<T>) => Promise<void>;

  constructor(state: RegistryState<T>, save: (state: RegistryState<T>) => Promise<void>) {
    this.#state = state;
    this.#save = save;
  }

  get state(): RegistryState<T> {
    return this.#state;
  }

  /** Applies a change and resolves with the new state when it is on disk. @throws StoreError `closed` after `close`. */
  commit(change: Change<T>): Promise<RegistryState<T>> {
    if (this.#closed) return Promise.reject(new StoreError('closed', 'the registry is closed'));
    return new Promise((resolve, reject) => {
      this.#pending.push({ change, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  /** Rejects later changes and resolves when all earlier ones have settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
  }

  async #drain(): Promise<void> {
    // One microtask later, so that changes of the same tick share the first write.
    await Promise.resolve();
    while (this.#pending.length > 0) await this.#writeBatch(this.#pending.splice(0));
    this.#writing = undefined;
  }

  async #writeBatch(batch: readonly PendingChange<T>[]): Promise<void> {
    let next = this.#state;
    const accepted: PendingChange<T>[] = [];
    for (const pending of batch) {
      try {
        next = pending.change(next);
        accepted.push(pending);
      } catch (error) {
        pending.reject(error);
      }
    }
    try {
      if (next !== this.#state) await this.#save(next);
      this.#state = next;
      for (const { resolve } of accepted) resolve(next);
    } catch (error) {
      for (const { reject } of accepted) reject(error);
    }
  }
}
