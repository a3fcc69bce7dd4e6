import type { Change } from '../ports/index.ts';

/** Number of changes that wait for a slow reader before it gets a `reset`. */
const MAX_WAITING = 1_000;

interface Reader<T> {
  readonly waiting: Change<T>[];
  readonly tenant: string | undefined;
  wake: () => void;
}

/** Passes changes to any number of readers. A reader with too many waiting changes gets one `reset` in their place. */
export class ChangeFeed<T> {
  readonly #readers = new Set<Reader<T>>();

  /** `tenant` is the tenant of the changed record; readers of other tenants do not get the change. */
  publish(change: Change<T>, tenant?: string): void {
    for (const reader of this.#readers) {
      if (reader.tenant !== undefined && reader.tenant !== tenant) continue;
      if (reader.waiting.length >= MAX_WAITING) {
        reader.waiting.splice(0, reader.waiting.length, { type: 'reset', reason: 'the reader fell behind' });
      } else {
        reader.waiting.push(change);
      }
      reader.wake();
    }
  }

  /** Yields `first`, then every change of `tenant`, or of all, that is published after the call, until the signal aborts. */
  read(first: readonly Change<T>[], signal: AbortSignal, tenant?: string): AsyncGenerator<Change<T>, void> {
    const reader: Reader<T> = { waiting: [...first], tenant, wake: () => undefined };
    if (!signal.aborted) this.#readers.add(reader);
    return this.#changesFor(reader, signal);
  }

  async *#changesFor(reader: Reader<T>, signal: AbortSignal): AsyncGenerator<Change<T>, void> {
    const end = (): void => {
      reader.wake();
    };
    signal.addEventListener('abort', end);
    try {
      while (!signal.aborted) {
        const change = reader.waiting.shift();
        if (change !== undefined) yield change;
        else
          await new Promise<void>((resolve) => {
            reader.wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', end);
      this.#readers.delete(reader);
    }
  }
}
