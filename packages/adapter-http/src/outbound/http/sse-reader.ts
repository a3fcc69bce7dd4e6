import { ClarityError } from '@clarity-runtime/core';

/** One event of a `text/event-stream`. */
export interface SseEvent {
  readonly type: string;
  readonly data: Uint8Array;
  readonly id?: string;
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const EMPTY = Buffer.alloc(0);
const NEW_LINE = Buffer.from('\n');

/** Cuts a stream of bytes into events; refuses an event of more than `longest` bytes. */
export class SseReader {
  readonly #longest: number;
  readonly #onEvent: (event: SseEvent) => void;
  #line: Buffer[] = [];
  #bytes = 0;
  #afterReturn = false;
  #type = '';
  #data: Buffer[] = [];
  /** Of the last event that had one; what a resumed stream goes on from. */
  lastId: string | undefined;
  /** Milliseconds that the service wants between two attempts. */
  retryMs: number | undefined;

  constructor(longest: number, onEvent: (event: SseEvent) => void) {
    this.#longest = longest;
    this.#onEvent = onEvent;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== NEWLINE && byte !== RETURN) {
        this.#afterReturn = false;
        continue;
      }
      const isSecondHalf = byte === NEWLINE && this.#afterReturn;
      this.#afterReturn = byte === RETURN;
      if (!isSecondHalf) this.#endLine(chunk.subarray(from, at));
      from = at + 1;
    }
    this.#keep(chunk.subarray(from));
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#line.push(part);
    this.#bytes += part.length;
    if (this.#bytes > this.#longest) {
      throw new ClarityError('PAYLOAD_TOO_LARGE', `an event is larger than ${String(this.#longest)} bytes`);
    }
  }

  #endLine(part: Buffer): void {
    this.#keep(part);
    const line = this.#line.length === 1 ? (this.#line[0] ?? EMPTY) : Buffer.concat(this.#line);
    this.#line = [];
    if (line.length === 0) this.#dispatch();
    else this.#field(line);
  }

  #field(line: Buffer): void {
    const colon = line.indexOf(COLON);
    if (colon === 0) {
      this.#bytes -= line.length;
      return;
    }
    const name = line.toString('latin1', 0, colon < 0 ? line.length : colon);
    const value = colon < 0 ? EMPTY : line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1);
    if (name === 'data') this.#data.push(value);
    else if (name === 'event') this.#type = value.toString('utf8');
    else if (name === 'id' && value.length <= 1_024 && !value.includes(0)) this.lastId = value.toString('utf8');
    else if (name === 'retry' && /^\d{1,9}$/.test(value.toString('latin1'))) this.retryMs = Number(value.toString());
  }

  #dispatch(): void {
    const [first = EMPTY, ...more] = this.#data;
    const data = more.length === 0 ? first : Buffer.concat([first, ...more.flatMap((part) => [NEW_LINE, part])]);
    const type = this.#type === '' ? 'message' : this.#type;
    this.#data = [];
    this.#type = '';
    this.#bytes = 0;
    if (data.length > 0) this.#onEvent(this.lastId === undefined ? { type, data } : { type, data, id: this.lastId });
  }
}
