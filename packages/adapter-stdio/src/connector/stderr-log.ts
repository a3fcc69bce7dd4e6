import { toDisplayText } from '@clarity-runtime/core/protocol';
import { LineReader } from '../framing/line-framing.ts';

const MAX_LINE_LENGTH = 4_096;
const LINES_PER_WINDOW = 200;
const WINDOW_MS = 1_000;

/** What a process writes to its standard error, as lines for the log: bounded in length and in number per second. */
export class StderrLog {
  readonly #reader: LineReader;
  readonly #log: (line: string) => void;
  readonly #leftOutOne: () => void;
  readonly #now: () => number;
  #windowFrom: number;
  #written = 0;
  #leftOut = 0;

  /** `leftOut` is told of each line that is. */
  constructor(log: (line: string) => void, leftOut: () => void, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#leftOutOne = leftOut;
    this.#now = now;
    this.#windowFrom = now();
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
    if (this.#now() - this.#windowFrom >= WINDOW_MS) {
      if (this.#leftOut > 0) this.#log(`… ${String(this.#leftOut)} lines were left out`);
      this.#windowFrom = this.#now();
      this.#written = 0;
      this.#leftOut = 0;
    }
    this.#written += 1;
    if (this.#written > LINES_PER_WINDOW) {
      this.#leftOut += 1;
      this.#leftOutOne();
    } else this.#log(toDisplayText(text, MAX_LINE_LENGTH));
  }
}
