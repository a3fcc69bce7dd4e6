import { setTimeout as delay } from 'node:timers/promises';
import type { Writable } from 'node:stream';
import { lineOf } from '../framing/line-framing.ts';

/** A client that finds a notice and the answer in one piece takes the answer first: they are kept apart that long. */
const APART_MS = 25;
const MAX_WAITING = 1_000;

/** Writes messages as lines, in order, each in a write of its own. */
export class StdioLineWriter {
  readonly #output: Writable;
  readonly #waiting: { readonly line: Uint8Array; readonly isReply: boolean }[] = [];
  #writing: Promise<void> | undefined;
  #isGone = false;
  /** Monotonic milliseconds. */
  #lastNoticeAt = -Infinity;

  /** `onGone` is called once, when nobody reads any more. */
  constructor(output: Writable, onGone: () => void) {
    this.#output = output;
    const gone = (): void => {
      if (this.#isGone) return;
      this.#isGone = true;
      this.#waiting.length = 0;
      onGone();
    };
    output.on('error', gone).on('close', gone);
  }

  get isFull(): boolean {
    return this.#waiting.length >= MAX_WAITING;
  }

  write(message: Uint8Array, isReply: boolean): void {
    if (this.#isGone) return;
    this.#waiting.push({ line: lineOf(message), isReply });
    this.#writing ??= this.#drain().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Resolves when everything has left, or nobody reads any more. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  async #drain(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { line, isReply } = next;
      const apart = this.#lastNoticeAt + APART_MS - performance.now();
      if (isReply && apart > 0) await delay(apart);
      if (this.#isGone) return;
      await new Promise<void>((resolve) => {
        this.#output.write(line, () => {
          resolve();
        });
      });
      if (!isReply) this.#lastNoticeAt = performance.now();
    }
  }
}
