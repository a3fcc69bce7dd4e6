import { skipSpace } from './json-scanner.ts';
import { encodeUtf8, joined } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

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
    return new RawJson(encodeUtf8(text));
  }

  /** Encodes a value that JSON can express. */
  static of(value: unknown): RawJson {
    return new RawJson(encodeUtf8(JSON.stringify(value)), { of: value });
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
    return this.withTextFirst(JSON.stringify(members));
  }

  /** As `withMembersFirst`, with an object as JSON text. */
  withTextFirst(extra: string): RawJson {
    if (extra.length === 2) return this;
    const start = skipSpace(this.bytes, this.bytes.indexOf(OPEN_BRACE) + 1);
    if (this.bytes[start] === CLOSE_BRACE) return RawJson.fromText(extra);
    return new RawJson(joined([encodeUtf8(`${extra.slice(0, -1)},`), this.bytes.subarray(start)]));
  }
}
