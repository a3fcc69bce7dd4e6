import { IdScanner } from '@clarity-runtime/core/protocol';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const START_BYTES = 512;

export interface LineSink {
  /** Receives one line without its end. Empty lines are left out. */
  line(bytes: Uint8Array): void;
  /** Receives the first 512 bytes of a line that exceeds the limit. Its rest is skipped. */
  overlong?(start: Uint8Array): void;
  /** Receives the id of a JSON-RPC message at the end of a line that exceeds the limit. */
  overlongMessage?(id: string | undefined): void;
}

/** Splits a stream of bytes into lines that end with LF or CRLF. Buffers at most `maxLineBytes()` of an incomplete line. */
export class LineReader {
  readonly #sink: LineSink;
  readonly #maxLineBytes: () => number;
  #parts: Uint8Array[] = [];
  #length = 0;
  /** Reads the rest of a line that exceeds the limit. */
  #skipping: IdScanner | undefined;

  constructor(maxLineBytes: () => number, sink: LineSink) {
    this.#maxLineBytes = maxLineBytes;
    this.#sink = sink;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, from);
      this.#append(chunk.subarray(from, end < 0 ? undefined : end));
      if (end < 0) return;
      this.#finish();
      from = end + 1;
    }
  }

  #append(part: Uint8Array): void {
    if (this.#skipping !== undefined) {
      if (this.#sink.overlongMessage !== undefined) this.#skipping.push(part);
      return;
    }
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length <= this.#maxLineBytes()) return;
    const read = this.#joined();
    this.#clear();
    this.#skipping = new IdScanner();
    if (this.#sink.overlongMessage !== undefined) this.#skipping.push(read);
    this.#sink.overlong?.(read.slice(0, START_BYTES));
  }

  #finish(): void {
    if (this.#skipping !== undefined) {
      const { id } = this.#skipping;
      this.#skipping = undefined;
      this.#sink.overlongMessage?.(id);
      return;
    }
    const bytes = this.#joined();
    this.#clear();
    const line = bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
    if (line.length > 0) this.#sink.line(line);
  }

  #joined(): Uint8Array {
    const [first] = this.#parts;
    return this.#parts.length === 1 && first !== undefined ? first : Buffer.concat(this.#parts);
  }

  #clear(): void {
    this.#parts = [];
    this.#length = 0;
  }
}

/** Returns a message as one line (MCP, stdio). Line ends of JSON are white space and become blanks. */
export function lineOf(message: Uint8Array): Uint8Array {
  const line = new Uint8Array(message.length + 1);
  line.set(message);
  for (let at = 0; at < message.length; at += 1) {
    if (line[at] === NEWLINE || line[at] === CARRIAGE_RETURN) line[at] = 0x20;
  }
  line[message.length] = NEWLINE;
  return line;
}
