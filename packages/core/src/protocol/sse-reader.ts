import { ClarityError } from '../domain/errors/clarity-error.ts';

/** One event of a `text/event-stream`. */
export interface SseEvent {
  /** `message` if the stream names none. */
  readonly type: string;
  /** Several `data` lines are joined by line feeds. May be empty. */
  readonly data: Uint8Array;
  /** The last id of the stream up to this event. */
  readonly id?: string;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Not specified: longer ids are ignored. */
const MAX_ID_BYTES = 1_024;
/** Not specified: longer numbers are ignored. */
const RETRY = /^\d{1,9}$/;
const NO_BYTES = new Uint8Array();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads events from the bytes of a `text/event-stream` (WHATWG HTML §9.2), whatever the chunks are.
 * Lines end with LF, CRLF or CR. Comments cost no memory. An event without its empty line is not dispatched.
 */
export class SseReader {
  readonly #maxEventBytes: number;
  readonly #onEvent: (event: SseEvent) => void;
  /** The line that has not ended yet. */
  readonly #line = new ByteBuffer();
  /** `data` lines after the first, and the first with them. */
  readonly #lines = new ByteBuffer();
  #data: Uint8Array | undefined;
  #type = '';
  #eventBytes = 0;
  #markBytes = 0;
  #isAfterReturn = false;
  /** The id of the event that is being read; it applies when the event is dispatched. */
  #id: string | undefined;
  #lastId: string | undefined;
  #retryMs: number | undefined;

  /** `maxEventBytes` bounds the lines of one event, their names included. */
  constructor(maxEventBytes: number, onEvent: (event: SseEvent) => void) {
    this.#maxEventBytes = maxEventBytes;
    this.#onEvent = onEvent;
  }

  /** Value for `Last-Event-ID` when the stream is resumed. */
  get lastId(): string | undefined {
    return this.#lastId;
  }

  /** Milliseconds before the client should reconnect, if the stream has set them. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /**
   * Reads the next bytes. The data of an event may be a view of them.
   * @throws ClarityError PAYLOAD_TOO_LARGE when an event exceeds the bound. The reader cannot be used any more.
   */
  push(chunk: Uint8Array): void {
    let from = this.#markBytes < BYTE_ORDER_MARK.length ? this.#skipMark(chunk) : 0;
    if (this.#isAfterReturn && from < chunk.length) {
      this.#isAfterReturn = false;
      if (chunk[from] === LINE_FEED) from += 1;
    }
    let feed = chunk.indexOf(LINE_FEED, from);
    let carriage = chunk.indexOf(CARRIAGE_RETURN, from);
    while (feed >= 0 || carriage >= 0) {
      const isReturn = carriage >= 0 && (feed < 0 || carriage < feed);
      const end = isReturn ? carriage : feed;
      this.#endLine(chunk.subarray(from, end));
      from = end + 1;
      if (isReturn && from === chunk.length) this.#isAfterReturn = true;
      else if (isReturn && chunk[from] === LINE_FEED) from += 1;
      if (feed >= 0 && feed < from) feed = chunk.indexOf(LINE_FEED, from);
      if (carriage >= 0 && carriage < from) carriage = chunk.indexOf(CARRIAGE_RETURN, from);
    }
    this.#count(chunk.length - from);
    this.#line.append(chunk.subarray(from));
  }

  /** Returns where the text begins: a byte order mark at the start of the stream is skipped. */
  #skipMark(chunk: Uint8Array): number {
    for (let at = 0; at < chunk.length; at += 1) {
      if (this.#markBytes === BYTE_ORDER_MARK.length) return at;
      if (chunk[at] !== BYTE_ORDER_MARK[this.#markBytes]) {
        // Bytes of an incomplete mark belong to the first line.
        this.#line.append(Uint8Array.from(BYTE_ORDER_MARK.slice(0, this.#markBytes)));
        this.#markBytes = BYTE_ORDER_MARK.length;
        return at;
      }
      this.#markBytes += 1;
    }
    return chunk.length;
  }

  #count(bytes: number): void {
    this.#eventBytes += bytes;
    if (this.#eventBytes <= this.#maxEventBytes) return;
    throw new ClarityError('PAYLOAD_TOO_LARGE', `an event is larger than ${String(this.#maxEventBytes)} bytes`);
  }

  #endLine(rest: Uint8Array): void {
    this.#count(rest.length);
    let line = rest;
    if (this.#line.length > 0) {
      this.#line.append(rest);
      line = this.#line.take();
    }
    if (line.length === 0) this.#dispatch();
    else this.#field(line);
  }

  #field(line: Uint8Array): void {
    const colon = line.indexOf(COLON);
    if (colon === 0) {
      this.#eventBytes -= line.length;
      return;
    }
    const name = decoder.decode(colon < 0 ? line : line.subarray(0, colon));
    const value = colon < 0 ? NO_BYTES : line.subarray(line[colon + 1] === SPACE ? colon + 2 : colon + 1);
    if (name === 'data') this.#addData(value);
    else if (name === 'event') this.#type = decoder.decode(value);
    else if (name === 'id') this.#setId(value);
    else if (name === 'retry' && RETRY.test(decoder.decode(value))) this.#retryMs = Number(decoder.decode(value));
  }

  #addData(value: Uint8Array): void {
    if (this.#data === undefined) {
      this.#data = value;
      return;
    }
    if (this.#lines.length === 0) this.#lines.append(this.#data);
    this.#count(1);
    this.#lines.append(Uint8Array.of(LINE_FEED));
    this.#lines.append(value);
  }

  #setId(value: Uint8Array): void {
    if (value.length > MAX_ID_BYTES || value.includes(0)) return;
    this.#id = value.length === 0 ? undefined : decoder.decode(value);
  }

  #dispatch(): void {
    const data = this.#lines.length > 0 ? this.#lines.take() : this.#data;
    const type = this.#type === '' ? 'message' : this.#type;
    this.#data = undefined;
    this.#type = '';
    this.#eventBytes = 0;
    this.#lastId = this.#id;
    if (data === undefined) return;
    this.#onEvent(this.#lastId === undefined ? { type, data } : { type, data, id: this.#lastId });
  }
}

/** Yields the events of a stream of chunks. @throws ClarityError PAYLOAD_TOO_LARGE when an event exceeds the bound. */
export async function* readSseEvents(
  chunks: AsyncIterable<Uint8Array>,
  maxEventBytes: number,
): AsyncGenerator<SseEvent> {
  const events: SseEvent[] = [];
  const reader = new SseReader(maxEventBytes, (event) => events.push(event));
  for await (const chunk of chunks) {
    reader.push(chunk);
    yield* events.splice(0);
  }
}

/** Bytes that grow by doubling, so that many small parts cost no more than their sum. */
class ByteBuffer {
  #bytes = NO_BYTES;
  length = 0;

  append(part: Uint8Array): void {
    const length = this.length + part.length;
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, this.length));
      this.#bytes = grown;
    }
    this.#bytes.set(part, this.length);
    this.length = length;
  }

  /** Returns the bytes and empties the buffer. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = NO_BYTES;
    this.length = 0;
    return taken;
  }
}
