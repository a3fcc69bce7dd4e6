const MAX_LINES = 1_000;
const MAX_BYTES = 65_536;
const MAX_LINE_LENGTH = 4_096;
const MAX_BATCH = 64;

/**
 * Sends the log of one call: in order, capped, and in batches that grow. The first lines of a function that never
 * returns are visible, and a flood of lines costs few messages.
 */
export class LogLines {
  readonly #post: (lines: readonly string[]) => void;
  #waiting: string[] = [];
  #batch = 1;
  #lines = 0;
  #bytes = 0;

  constructor(post: (lines: readonly string[]) => void) {
    this.#post = post;
  }

  /** Resets the limits for a new call. */
  begin(): void {
    this.#waiting = [];
    this.#batch = 1;
    this.#lines = 0;
    this.#bytes = 0;
  }

  add(line: string): void {
    if (this.#lines > MAX_LINES) return;
    const cut = line.slice(0, MAX_LINE_LENGTH);
    this.#lines += 1;
    this.#bytes += Buffer.byteLength(cut);
    if (this.#lines > MAX_LINES || this.#bytes > MAX_BYTES) {
      this.#lines = MAX_LINES + 1;
      this.#waiting.push('(further lines of this call are left out)');
      this.flush();
      return;
    }
    this.#waiting.push(cut);
    if (this.#waiting.length >= this.#batch) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    this.#post(this.#waiting);
    this.#waiting = [];
    this.#batch = Math.min(this.#batch * 2, MAX_BATCH);
  }
}
