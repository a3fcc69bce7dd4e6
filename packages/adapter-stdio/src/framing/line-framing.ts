const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HEAD_BYTES = 512;

export interface LineSink {
  /** One line without its end; empty ones are left out. */
  line(bytes: Uint8Array): void;
  /** A line that was longer than allowed; its rest is skipped. `head` is how it began. */
  overlong(head: Uint8Array): void;
}

/** Cuts a stream of bytes into lines, keeping at most `longest()` bytes of one that is not complete. */
export class LineReader {
  readonly #sink: LineSink;
  readonly #longest: () => number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #isSkipping = false;

  constructor(longest: () => number, sink: LineSink) {
    this.#longest = longest;
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      this.#take(chunk.subarray(from, end < 0 ? undefined : end));
      if (end < 0) return;
      this.#finish();
      from = end + 1;
    }
  }

  #take(part: Uint8Array): void {
    if (this.#isSkipping || part.length === 0) return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.#longest()) return;
    const head = this.#joined().slice(0, HEAD_BYTES);
    this.#forget();
    this.#isSkipping = true;
    this.#sink.overlong(head);
  }

  #finish(): void {
    if (this.#isSkipping) {
      this.#isSkipping = false;
      return;
    }
    const bytes = this.#joined();
    this.#forget();
    const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
    if (line.length > 0) this.#sink.line(line);
  }

  #joined(): Uint8Array {
    const [first] = this.#parts;
    return this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
  }

  #forget(): void {
    this.#parts = [];
    this.#length = 0;
  }
}

/** One message as one line: a line end inside of JSON is always space between its parts. */
export function lineOf(message: Uint8Array): Uint8Array {
  const line = new Uint8Array(message.length + 1);
  line.set(message);
  for (let at = 0; at < message.length; at += 1) {
    if (line[at] === NEWLINE || line[at] === CARRIAGE_RETURN) line[at] = 0x20;
  }
  line[message.length] = NEWLINE;
  return line;
}
