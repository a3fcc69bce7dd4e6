import { RawJson } from '../domain/json/raw-json.ts';
import {
  NOT_JSON,
  skipColon,
  skipSpace,
  skipString,
  skipValue,
  TOO_DEEP,
  NOT_UTF8,
} from '../domain/json/json-scanner.ts';

/** The members of one object, each as it was written. */
export type JsonMembers = ReadonlyMap<string, RawJson>;

export type JsonRefusal = 'not-json' | 'not-utf8' | 'too-deep' | 'duplicate-member';

/** One JSON text, read no deeper than an edge needs. `inner` is there when the member of that name is an object. */
export type JsonEnvelope =
  | { readonly kind: 'object'; readonly members: JsonMembers; readonly inner?: JsonMembers }
  | { readonly kind: 'array' }
  | { readonly kind: 'scalar' }
  | { readonly kind: 'refused'; readonly reason: JsonRefusal };

const DUPLICATE = -4;
const reasons = new Map<number, JsonRefusal>([
  [NOT_JSON, 'not-json'],
  [NOT_UTF8, 'not-utf8'],
  [TOO_DEEP, 'too-deep'],
  [DUPLICATE, 'duplicate-member'],
]);
const array = { kind: 'array' } as const;
const scalar = { kind: 'scalar' } as const;

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/**
 * Checks that the bytes are one JSON text in UTF-8, at most 128 levels deep, and finds the top-level members of the object
 * and those of its member `inner`. A name that stands there twice is refused: two readers would disagree about it.
 */
export function scanEnvelope(bytes: Uint8Array, inner = 'params'): JsonEnvelope {
  const start = skipSpace(bytes, 0);
  const first = bytes[start];
  const isObject = first === OPEN_BRACE;
  const members = new Map<string, RawJson>();
  const scan = isObject ? new MemberScan(bytes, inner) : undefined;
  const end = scan === undefined ? skipValue(bytes, start, 0) : scan.into(members, start, 1);
  if (end < 0) return { kind: 'refused', reason: reasons.get(end) ?? 'not-json' };
  if (skipSpace(bytes, end) !== bytes.length) return { kind: 'refused', reason: 'not-json' };
  if (scan === undefined) return first === OPEN_BRACKET ? array : scalar;
  return scan.inner === undefined ? { kind: 'object', members } : { kind: 'object', members, inner: scan.inner };
}

/** The items of a text that is an array, as `scanEnvelope` has found; undefined when there are more than `most`. */
export function scanItems(bytes: Uint8Array, most: number): readonly RawJson[] | undefined {
  const items: RawJson[] = [];
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1);
  while (bytes[at] !== 0x5d) {
    if (items.length === most) return undefined;
    const end = skipValue(bytes, at, 1);
    items.push(RawJson.fromBytes(span(bytes, at, end)));
    at = skipSpace(bytes, end);
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
  }
  return items;
}

class MemberScan {
  readonly #bytes: Uint8Array;
  readonly #innerName: string;
  inner: Map<string, RawJson> | undefined;

  constructor(bytes: Uint8Array, innerName: string) {
    this.#bytes = bytes;
    this.#innerName = innerName;
  }

  /** Where the object whose brace is at `open` ends. */
  into(members: Map<string, RawJson>, open: number, depth: number): number {
    const bytes = this.#bytes;
    let at = skipSpace(bytes, open + 1);
    if (bytes[at] === 0x7d) return at + 1;
    for (;;) {
      if (bytes[at] !== 0x22) return NOT_JSON;
      const behind = skipString(bytes, at);
      if (behind < 0) return behind;
      const name = nameOf(bytes, at, behind);
      const start = skipColon(bytes, behind);
      if (start < 0) return start;
      const end = this.#value(name, start, depth);
      if (end < 0) return end;
      if (members.has(name)) return DUPLICATE;
      members.set(name, RawJson.fromBytes(span(bytes, start, end)));
      at = skipSpace(bytes, end);
      if (bytes[at] === 0x7d) return at + 1;
      if (bytes[at] !== 0x2c) return NOT_JSON;
      at = skipSpace(bytes, at + 1);
    }
  }

  #value(name: string, start: number, depth: number): number {
    if (depth > 1 || name !== this.#innerName || this.#bytes[start] !== OPEN_BRACE) {
      return skipValue(this.#bytes, start, depth);
    }
    this.inner = new Map();
    return this.into(this.inner, start, depth + 1);
  }
}

/** What a member's name means, with its escapes resolved: `"\u0069d"` is `id`. */
function nameOf(bytes: Uint8Array, quote: number, behind: number): string {
  let name = '';
  for (let at = quote + 1; at < behind - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x5c || byte >= 0x80) return RawJson.fromBytes(span(bytes, quote, behind)).value as string;
    name += String.fromCharCode(byte);
  }
  return name;
}

/** A plain view: that of a Buffer costs several times as much to make. */
const span = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
