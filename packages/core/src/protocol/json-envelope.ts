import { memberName } from '../domain/json/json-members.ts';
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
import { textStart } from './tolerances.ts';

/** The members of one object, each with its bytes as written. */
export type JsonMembers = ReadonlyMap<string, RawJson>;

/** Why a text is not the JSON of one message. */
export type JsonRefusal = 'not-json' | 'not-utf8' | 'too-deep' | 'duplicate-member';

/** One JSON text, read no deeper than a message needs. `inner` has the members of opened members that are objects. */
export type JsonEnvelope =
  | { readonly kind: 'object'; readonly members: JsonMembers; readonly inner: ReadonlyMap<string, JsonMembers> }
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
const NOTHING_OPENED: ReadonlyMap<string, JsonMembers> = new Map();

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/**
 * Checks that the bytes are one JSON text in UTF-8 with at most 128 levels, in one pass. Finds the members of the object,
 * and the members of those members that are named in `opened`. A duplicate member at these two levels is refused: two
 * readers would disagree about its value (RFC 8259 §4). A byte order mark is skipped (RFC 8259 §8.1).
 */
export function scanEnvelope(bytes: Uint8Array, opened: readonly string[] = []): JsonEnvelope {
  const start = skipSpace(bytes, textStart(bytes));
  const first = bytes[start];
  const members = new Map<string, RawJson>();
  const scan = first === OPEN_BRACE ? new MemberScan(bytes, opened) : undefined;
  const end = scan === undefined ? skipValue(bytes, start, 0) : scan.readObject(members, start, 1);
  if (end < 0) return { kind: 'refused', reason: reasons.get(end) ?? 'not-json' };
  if (skipSpace(bytes, end) !== bytes.length) return { kind: 'refused', reason: 'not-json' };
  if (scan === undefined) return first === OPEN_BRACKET ? array : scalar;
  return { kind: 'object', members, inner: scan.inner };
}

/** Returns the items of a text that `scanEnvelope` has found to be an array; undefined if it has more than `maxItems`. */
export function scanItems(bytes: Uint8Array, maxItems: number): readonly RawJson[] | undefined {
  const items: RawJson[] = [];
  let at = skipSpace(bytes, skipSpace(bytes, textStart(bytes)) + 1);
  while (bytes[at] !== 0x5d) {
    if (items.length === maxItems) return undefined;
    const end = skipValue(bytes, at, 1);
    items.push(RawJson.fromBytes(span(bytes, at, end)));
    at = skipSpace(bytes, end);
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1);
  }
  return items;
}

class MemberScan {
  readonly #bytes: Uint8Array;
  readonly #opened: readonly string[];
  #inner: Map<string, JsonMembers> | undefined;

  constructor(bytes: Uint8Array, opened: readonly string[]) {
    this.#bytes = bytes;
    this.#opened = opened;
  }

  get inner(): ReadonlyMap<string, JsonMembers> {
    return this.#inner ?? NOTHING_OPENED;
  }

  /** Returns the offset behind the object whose brace is at `open`, or the negative code of a refusal. */
  readObject(members: Map<string, RawJson>, open: number, depth: number): number {
    const bytes = this.#bytes;
    let at = skipSpace(bytes, open + 1);
    if (bytes[at] === 0x7d) return at + 1;
    for (;;) {
      if (bytes[at] !== 0x22) return NOT_JSON;
      const behind = skipString(bytes, at);
      if (behind < 0) return behind;
      const name = memberName(bytes, at, behind);
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
    if (depth > 1 || this.#bytes[start] !== OPEN_BRACE || !this.#opened.includes(name)) {
      return skipValue(this.#bytes, start, depth);
    }
    const members = new Map<string, RawJson>();
    this.#inner ??= new Map();
    this.#inner.set(name, members);
    return this.readObject(members, start, depth + 1);
  }
}

/** Returns a plain view: `subarray` of a Buffer makes a Buffer, which costs several times as much. */
const span = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
