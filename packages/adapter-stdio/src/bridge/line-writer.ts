import { setTimeout as delay } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import { lineOf } from '../framing/line-framing.ts';

/** Some clients that read a notification and a reply in one chunk handle the reply first: milliseconds between the two. */
const SEPARATION_MS = 25;
const MAX_QUEUED = 1_000;

/** Writes messages as lines, in order, one write for each. */
export class StdioLineWriter {
  readonly #output: Writable;
  readonly #queue: { readonly line: Uint8Array; readonly isReply: boolean }[] = [];
  #writing: Promise<void> | undefined;
  #isClosed = false;
  /** Monotonic milliseconds. */
  #lastNotificationAt = -Infinity;

  /** `onClosed` is called once, when the output fails or closes. */
  constructor(output: Writable, onClosed: () => void) {
    this.#output = output;
    const close = (): void => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      this.#queue.length = 0;
      onClosed();
    };
    output.on('error', close).on('close', close);
  }

  get isFull(): boolean {
    return this.#queue.length >= MAX_QUEUED;
  }

  write(message: Uint8Array, isReply: boolean): void {
    if (this.#isClosed) return;
    this.#queue.push({ line: lineOf(message), isReply });
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when every message is written, or the output has closed. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #drain(): Promise<void> {
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const { line, isReply } = next;
      const waitMs = this.#lastNotificationAt + SEPARATION_MS - performance.now();
      if (isReply && waitMs > 0) await delay(waitMs);
      if (this.#isClosed) return;
      await new Promise<void>((resolve) => {
        this.#output.write(line, () => {
          resolve();
        });
      });
      if (!isReply) this.#lastNotificationAt = performance.now();
    }
  }
}
