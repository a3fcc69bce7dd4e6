const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COMMA = 0x2c;

/**
 * One JSON value as bytes, parsed only when somebody asks for its value. What travels through the runtime unread keeps
 * every digit: `JSON.parse` would turn 9007199254740993 into 9007199254740992.
 */
export class RawJson {
  readonly bytes: Uint8Array;
  #value: { readonly of: unknown } | undefined;

  private constructor(bytes: Uint8Array, value?: { readonly of: unknown }) {
    this.bytes = bytes;
    this.#value = value;
  }

  /** Takes bytes that are known to be one valid JSON value; nothing is checked. */
  static fromBytes(bytes: Uint8Array): RawJson {
    return new RawJson(bytes);
  }

  /** Takes text that is known to be one valid JSON value; nothing is checked. */
  static fromText(text: string): RawJson {
    return new RawJson(encoder.encode(text));
  }

  /** Encodes a value that JSON can express. */
  static of(value: unknown): RawJson {
    return new RawJson(encoder.encode(JSON.stringify(value)), { of: value });
  }

  /** The parsed value; numbers lose what a double cannot hold. */
  get value(): unknown {
    this.#value ??= { of: JSON.parse(this.text) };
    return this.#value.of;
  }

  get text(): string {
    return decoder.decode(this.bytes);
  }

  /** The same object with members put before its own, without reading it. `this` must be an object without them. */
  withMembersFirst(members: Readonly<Record<string, unknown>>): RawJson {
    const extra = encoder.encode(JSON.stringify(members));
    if (extra.length === 2) return this;
    let start = this.bytes.indexOf(OPEN_BRACE) + 1;
    while (isSpace(this.bytes[start])) start += 1;
    const rest = this.bytes.subarray(start);
    const joined = new Uint8Array(extra.length + rest.length);
    joined.set(extra);
    joined[extra.length - 1] = rest[0] === CLOSE_BRACE ? CLOSE_BRACE : COMMA;
    if (rest[0] === CLOSE_BRACE) return new RawJson(joined.subarray(0, extra.length));
    joined.set(rest, extra.length);
    return new RawJson(joined);
  }
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
