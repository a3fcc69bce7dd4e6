import type { Redactor } from '@clarity-runtime/core/internal';
import { toDisplayText } from '@clarity-runtime/core/protocol';
import { LineReader } from '../framing/line-framing.ts';

const MAX_LINE_LENGTH = 4_096;
const LINES_PER_WINDOW = 200;
const WINDOW_MS = 1_000;

/** Options of a `StderrLog`. */
export interface StderrLogOptions {
  readonly log: (line: string) => void;
  /** Called for each line above the limit. */
  readonly onDropped: () => void;
  readonly redactor?: LineRedactor | undefined;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
}

const shown = (text: string): string => toDisplayText(text, MAX_LINE_LENGTH);

/** Decodes the first part of a text. A character that the cut divides is left out. */
const decodeHead = (bytes: Uint8Array): string => new TextDecoder().decode(bytes, { stream: true });

/** Removes values from log lines. */
export type LineRedactor = Pick<Redactor, 'redact' | 'redactCut'>;

/**
 * Splits the stderr of a process into log lines of at most 4096 bytes, at most 200 lines per second, without the values of the
 * redactor. Of a longer line its first 512 bytes remain, without a value that the cut divides.
 */
export class StderrLog {
  readonly #reader: LineReader;
  readonly #log: (line: string) => void;
  readonly #onDropped: () => void;
  readonly #now: () => number;
  #windowStart: number;
  #writtenCount = 0;
  #droppedCount = 0;

  constructor({ log, onDropped, redactor, now = () => performance.now() }: StderrLogOptions) {
    const redact = (text: string): string => redactor?.redact(text) ?? text;
    const redactCut = (text: string): string => redactor?.redactCut(text) ?? text;
    this.#log = log;
    this.#onDropped = onDropped;
    this.#now = now;
    this.#windowStart = now();
    this.#reader = new LineReader(() => MAX_LINE_LENGTH, {
      line: (bytes) => {
        // Before and after hidden characters are removed: both forms may contain a value.
        this.#write(redact(shown(redact(Buffer.from(bytes).toString('utf8')))));
      },
      overlong: (head) => {
        this.#write(`${redactCut(shown(redactCut(decodeHead(head))))}…`);
      },
    });
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk);
  }

  #write(text: string): void {
    if (this.#now() - this.#windowStart >= WINDOW_MS) {
      if (this.#droppedCount > 0) this.#log(`… ${String(this.#droppedCount)} lines were dropped`);
      this.#windowStart = this.#now();
      this.#writtenCount = 0;
      this.#droppedCount = 0;
    }
    this.#writtenCount += 1;
    if (this.#writtenCount > LINES_PER_WINDOW) {
      this.#droppedCount += 1;
      this.#onDropped();
    } else this.#log(text);
  }
}
