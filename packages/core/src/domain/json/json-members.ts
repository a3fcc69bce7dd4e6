import { RawJson } from './raw-json.ts';

/** Where the value of a member begins and ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const encoder = new TextEncoder();

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const MAX_DEPTH = 128;

/** The top-level members of bytes that are known to be one valid JSON object; nothing is checked. */
export function topLevelSpans(bytes: Uint8Array): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  for (let quote = firstName(bytes); quote >= 0;) {
    const { name, start } = memberAt(bytes, quote);
    const end = endOfValue(bytes, start);
    found.set(name, { start, end });
    quote = nextName(bytes, skipSpace(bytes, end));
  }
  return found;
}

/**
 * The members of bytes that are known to be valid JSON but come from elsewhere; `undefined` for what is no object, names a
 * member twice, or is nested too deeply.
 */
export function strictMembers(bytes: Uint8Array): Map<string, RawJson> | undefined {
  if (bytes[skipSpace(bytes, 0)] !== OPEN_BRACE) return undefined;
  const found = new Map<string, RawJson>();
  for (let quote = firstName(bytes); quote >= 0;) {
    const { name, start } = memberAt(bytes, quote);
    const end = endOfValue(bytes, start, MAX_DEPTH);
    if (end < 0 || found.has(name)) return undefined;
    found.set(name, RawJson.fromBytes(bytes.subarray(start, end)));
    quote = nextName(bytes, skipSpace(bytes, end));
  }
  return found;
}

/** The items of bytes that are known to be one valid JSON array, at most that many. */
export function arrayItems(bytes: Uint8Array, most: number): readonly RawJson[] {
  const items: RawJson[] = [];
  let at = skipSpace(bytes, bytes.indexOf(OPEN_BRACKET) + 1);
  while (items.length < most && at < bytes.length && bytes[at] !== CLOSE_BRACKET) {
    const end = endOfValue(bytes, at);
    items.push(RawJson.fromBytes(bytes.subarray(at, end)));
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return items;
}

/** The top-level members of an object, each as it was written; none for any other value. */
export function membersOf({ bytes }: RawJson): ReadonlyMap<string, RawJson> {
  const found = new Map<string, RawJson>();
  if (bytes[skipSpace(bytes, 0)] !== OPEN_BRACE) return found;
  for (const [name, { start, end }] of topLevelSpans(bytes))
    found.set(name, RawJson.fromBytes(bytes.subarray(start, end)));
  return found;
}

/** An object of members that are already written. */
export function objectOf(members: ReadonlyMap<string, RawJson>): RawJson {
  const parts: Uint8Array[] = [];
  for (const [name, { bytes }] of members) {
    parts.push(encoder.encode(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`), bytes);
  }
  return RawJson.fromBytes(parts.length === 0 ? encoder.encode('{}') : joined([...parts, encoder.encode('}')]));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const firstName = (bytes: Uint8Array): number => nextName(bytes, bytes.indexOf(OPEN_BRACE) + 1);

/** The member whose name begins there, and where its value begins. */
function memberAt(bytes: Uint8Array, quote: number): { readonly name: string; readonly start: number } {
  const behind = endOfString(bytes, quote);
  const name = RawJson.fromBytes(bytes.subarray(quote, behind)).value as string;
  return { name, start: skipSpace(bytes, bytes.indexOf(COLON, behind) + 1) };
}

/** The quote of the next member's name; -1 behind the last one. */
function nextName(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, bytes[from] === COMMA ? from + 1 : from);
  return bytes[at] === QUOTE ? at : -1;
}

/** -1 for a value that is nested as deeply as that. */
function endOfValue(bytes: Uint8Array, start: number, deepest = Number.POSITIVE_INFINITY): number {
  if (bytes[start] === QUOTE) return endOfString(bytes, start);
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth >= deepest) return -1;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth <= 1) return depth === 0 ? at : at + 1;
      depth -= 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) return at;
  }
  return bytes.length;
}

/** Looks for the quote natively: most bytes of most results stand in strings. */
function endOfString(bytes: Uint8Array, quote: number): number {
  for (let at = bytes.indexOf(QUOTE, quote + 1); at >= 0; at = bytes.indexOf(QUOTE, at + 1)) {
    let before = at - 1;
    while (bytes[before] === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 1) return at + 1;
  }
  return bytes.length;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  while (isSpace(bytes[at])) at += 1;
  return at;
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
