import { GuestLimit } from '../guest/guest-error.ts';
import type { ClarityType } from '@clarity-runtime/core';
import type { GuestContext } from '../guest/host-state.ts';
import type { CoreValue } from './layout.ts';
import { MAX_JSON_DEPTH } from '../json/json-value.ts';
import type { TypeTable } from './type-forms.ts';

/** Buffer for JSON text with a maximum number of bytes. */
export class JsonSink {
  readonly #maxBytes: number;
  readonly #parts: string[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get text(): string {
    return this.#parts.join('');
  }

  /** Rejects bytes that exceed the maximum, before they are built. */
  reserve(bytes: number): void {
    if (this.#bytes + bytes > this.#maxBytes) {
      throw new GuestLimit(`the result is larger than ${String(this.#maxBytes)} bytes`);
    }
  }

  write(json: string): void {
    const bytes = Buffer.byteLength(json);
    this.reserve(bytes);
    this.#bytes += bytes;
    this.#parts.push(json);
  }
}

/** Writes the JSON of a value of any type. It is a parameter, because values of most types contain others. */
export type DecodeValue = (decoding: Decoding, type: ClarityType, core: CoreValue) => void;

export interface DecodingOptions {
  readonly types: TypeTable;
  readonly state: GuestContext;
  readonly sink: JsonSink;
  readonly decode: DecodeValue;
}

/** The state of decoding one result. */
export class Decoding {
  readonly types: TypeTable;
  readonly state: GuestContext;
  readonly sink: JsonSink;
  readonly #decode: DecodeValue;
  #depth = 0;

  constructor({ types, state, sink, decode }: DecodingOptions) {
    this.types = types;
    this.state = state;
    this.sink = sink;
    this.#decode = decode;
  }

  /** Writes a value inside another, or the top value. A module can build a value that contains itself. */
  value(type: ClarityType, core: CoreValue): void {
    if (this.#depth > MAX_JSON_DEPTH) {
      throw new GuestLimit(`the result is nested more than ${String(MAX_JSON_DEPTH)} levels deep`);
    }
    this.#depth += 1;
    this.#decode(this, type, core);
    this.#depth -= 1;
  }

  /** Writes `open`, then each entry after its key, then `close`. */
  collection(
    brackets: '[]' | '{}',
    entries: Iterable<readonly [name: string | undefined, type: ClarityType, core: CoreValue]>,
  ): void {
    let separator = brackets.charAt(0);
    this.sink.write(separator);
    separator = '';
    for (const [name, type, core] of entries) {
      this.sink.write(name === undefined ? separator : `${separator}${JSON.stringify(name)}:`);
      this.value(type, core);
      separator = ',';
    }
    this.sink.write(brackets.charAt(1));
  }
}
