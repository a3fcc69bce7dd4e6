import type { Change } from '../ports/index.ts';

/** Number of changes that wait for a slow reader before it gets a `reset`. */
const MAX_WAITING = 1_000;

interface Reader<T> {
  readonly waiting: Change<T>[];
  wake: () => void;
}

/** Passes changes to any number of readers. A reader with too many waiting changes gets one `reset` in their place. */
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

  /** Yields `first`, then every change that is published after the call, until the signal aborts. */
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
