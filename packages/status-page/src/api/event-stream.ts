/** One server-sent event (HTML Standard, "Server-sent events"). */
export interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

/** Characters of one event that the page accepts. */
const MAX_EVENT_CHARS = 8_000_000;

/** Splits the text of a stream into events. `push` takes chunks with any borders. */
export class EventParser {
  #rest = '';
  #id: string | undefined;
  #event = '';
  #data: string[] = [];
  #size = 0;

  /** Returns the events that a chunk completes. @throws RangeError when an event exceeds 8,000,000 characters. */
  push(chunk: string): readonly StreamEvent[] {
    const lines = `${this.#rest}${chunk}`.split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > MAX_EVENT_CHARS) throw new RangeError('an event of the stream is too large');
    return lines.flatMap((line) => this.#line(line.endsWith('\r') ? line.slice(0, -1) : line));
  }

  #line(line: string): readonly StreamEvent[] {
    if (line === '') return this.#end();
    const colon = line.indexOf(':');
    if (colon === 0) return [];
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.#event = value;
    if (field === 'id') this.#id = value;
    if (field === 'data') {
      this.#size += value.length;
      if (this.#size > MAX_EVENT_CHARS) throw new RangeError('an event of the stream is too large');
      this.#data.push(value);
    }
    return [];
  }

  #end(): readonly StreamEvent[] {
    const data = this.#data.join('\n');
    const event = this.#event === '' ? 'message' : this.#event;
    const isEmpty = this.#data.length === 0 && this.#event === '';
    this.#event = '';
    this.#data = [];
    this.#size = 0;
    if (isEmpty) return [];
    return [{ event, data, ...(this.#id === undefined ? {} : { id: this.#id }) }];
  }
}
