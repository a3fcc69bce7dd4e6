import { skipSpace } from './json-scanner.ts';
import { shortText } from './short-texts.ts';
import { encodeUtf8, joined } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A text up to this length is kept once it was read. */
const MAX_KEPT_BYTES = 1_024;

/**
 * One JSON value as bytes, parsed on the first read of `value`. Values that the runtime only forwards keep every digit:
 * `JSON.parse` turns 9007199254740993 into 9007199254740992.
 */
export class RawJson {
  readonly bytes: Uint8Array;
  #value: { readonly of: unknown } | undefined;
  #text: string | undefined;

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
    this.#value ??= { of: this.#shortString() ?? JSON.parse(this.text) };
    return this.#value.of;
  }

  /** `JSON.stringify` writes the parsed value: digits beyond the precision of doubles are rounded. */
  toJSON(): unknown {
    return this.value;
  }

  get text(): string {
    if (this.#text !== undefined) return this.#text;
    const { bytes } = this;
    const text = shortText(bytes, 0, bytes.length) ?? decoder.decode(bytes);
    if (bytes.length <= MAX_KEPT_BYTES) this.#text = text;
    return text;
  }

  /** Returns the value of a short string without escapes; undefined for another value. */
  #shortString(): string | undefined {
    const last = this.bytes.length - 1;
    return this.bytes[0] === QUOTE && this.bytes[last] === QUOTE ? shortText(this.bytes, 1, last) : undefined;
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
