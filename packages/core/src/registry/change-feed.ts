import type { Change } from '../ports/index.ts';

/** Changes that a slow reader may fall behind before it is told to list again. */
const MAX_WAITING = 1_000;

interface Reader<T> {
  readonly waiting: Change<T>[];
  wake: () => void;
}

/** Hands changes to any number of readers; a reader that falls too far behind gets a `reset` in their place. */
export class ChangeFeed<T> {
  readonly #readers = new Set<Reader<T>>();

  publish(change: Change<T>): void {
    for (const reader of this.#readers) {
      if (reader.waiting.length >= MAX_WAITING) {
        reader.waiting.splice(0, reader.waiting.length, { type: 'reset', reason: 'the reader fell behind' });
      } else {
        reader.waiting.push(change);
      }
      reader.wake();
    }
  }

  /** `first` and then everything that is published from now on, until the signal ends it. */
  async *read(first: readonly Change<T>[], signal: AbortSignal): AsyncGenerator<Change<T>, void> {
    const reader: Reader<T> = { waiting: [...first], wake: () => undefined };
    const end = (): void => {
      reader.wake();
    };
    this.#readers.add(reader);
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
