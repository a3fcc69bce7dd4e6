import { skipSpace } from './json-scanner.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const COMMA = 0x2c;

/**
 * One JSON value as bytes, parsed on the first read of `value`. Values that the runtime only forwards keep every digit:
 * `JSON.parse` turns 9007199254740993 into 9007199254740992.
 */
export class RawJson {
  readonly bytes: Uint8Array;
  #value: { readonly of: unknown } | undefined;

  private constructor(bytes: Uint8Array, value?: { readonly of: unknown }) {
    this.bytes = bytes;
    this.#value = value;
  }

  /** Wraps bytes that are known to be one valid JSON value. Checks nothing. */
  static fromBytes(bytes: Uint8Array): RawJson {
    return new RawJson(bytes);
  }

  /** Encodes text that is known to be one valid JSON value. Checks nothing. */
  static fromText(text: string): RawJson {
    return new RawJson(encoder.encode(text));
  }

  /** Encodes a value that JSON can express. */
  static of(value: unknown): RawJson {
    return new RawJson(encoder.encode(JSON.stringify(value)), { of: value });
  }

  /** The parsed value. Numbers are doubles, so digits beyond their precision are lost. */
  get value(): unknown {
    this.#value ??= { of: JSON.parse(this.text) };
    return this.#value.of;
  }

  /** `JSON.stringify` writes the parsed value: digits beyond the precision of doubles are rounded. */
  toJSON(): unknown {
    return this.value;
  }

  get text(): string {
    return decoder.decode(this.bytes);
  }

  /** Returns this object with `members` before its own, without parsing it. This must be an object without these members. */
  withMembersFirst(members: Readonly<Record<string, unknown>>): RawJson {
    const extra = encoder.encode(JSON.stringify(members));
    if (extra.length === 2) return this;
    const start = skipSpace(this.bytes, this.bytes.indexOf(OPEN_BRACE) + 1);
    const rest = this.bytes.subarray(start);
    const joined = new Uint8Array(extra.length + rest.length);
    joined.set(extra);
    joined[extra.length - 1] = rest[0] === CLOSE_BRACE ? CLOSE_BRACE : COMMA;
    if (rest[0] === CLOSE_BRACE) return new RawJson(joined.subarray(0, extra.length));
    joined.set(rest, extra.length);
    return new RawJson(joined);
  }
}
