import { toDisplayText } from '@clarity-runtime/core/protocol';
import { LineReader } from '../framing/line-framing.ts';

const MAX_LINE_LENGTH = 4_096;
const LINES_PER_WINDOW = 200;
const WINDOW_MS = 1_000;

/** Splits the stderr of a process into log lines of at most 4096 bytes, at most 200 lines per second. */
export class StderrLog {
  readonly #reader: LineReader;
  readonly #log: (line: string) => void;
  readonly #onDropped: () => void;
  readonly #now: () => number;
  #windowStart: number;
  #writtenCount = 0;
  #droppedCount = 0;

  /** `onDropped` is called for each line above the limit. */
  constructor(log: (line: string) => void, onDropped: () => void, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#onDropped = onDropped;
    this.#now = now;
    this.#windowStart = now();
    this.#reader = new LineReader(() => MAX_LINE_LENGTH, {
      line: (bytes) => {
        this.#write(Buffer.from(bytes).toString('utf8'));
      },
      overlong: (head) => {
        this.#write(`${Buffer.from(head).toString('utf8')}…`);
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
    } else this.#log(toDisplayText(text, MAX_LINE_LENGTH));
  }
}
