import { RawJson } from '../../domain/raw-json.ts';

/** Where the value of a member begins and ends. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The top-level members of bytes that are known to be one valid JSON object; nothing is checked. */
export function memberSpans(bytes: Uint8Array): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  let quote = nextName(bytes, bytes.indexOf(0x7b) + 1);
  while (quote >= 0) {
    const behind = endOfString(bytes, quote);
    const name = RawJson.fromBytes(bytes.subarray(quote, behind)).value as string;
    const start = skipSpace(bytes, bytes.indexOf(COLON, behind) + 1);
    const end = endOfValue(bytes, start);
    found.set(name, { start, end });
    quote = nextName(bytes, skipSpace(bytes, end));
  }
  return found;
}

/** The quote of the next member's name; -1 behind the last one. */
function nextName(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, bytes[from] === COMMA ? from + 1 : from);
  return bytes[at] === QUOTE ? at : -1;
}

function endOfValue(bytes: Uint8Array, start: number): number {
  if (bytes[start] === QUOTE) return endOfString(bytes, start);
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = endOfString(bytes, at) - 1;
    else if (byte === 0x7b || byte === 0x5b) depth += 1;
    else if (byte === 0x7d || byte === 0x5d) {
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
