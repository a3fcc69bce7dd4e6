const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAX_DEPTH = 128;

/** A top-level member: its name, and where its value stands in the bytes. */
export interface Member {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const decoder = new TextDecoder();

/** Spaces, tabs, line ends, commas, colons: what stands between the parts of valid JSON. */
const isBetween = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x2c || byte === 0x3a;

/**
 * The members of an object in bytes that are known to be valid JSON, or `undefined` for another value, for a name that comes
 * twice, and for nesting beyond 128.
 */
export function membersOf(bytes: Uint8Array): readonly Member[] | undefined {
  let at = 0;
  while (isBetween(bytes[at])) at += 1;
  if (bytes[at] !== 0x7b) return undefined;
  at += 1;
  const members: Member[] = [];
  const names = new Set<string>();
  for (;;) {
    while (isBetween(bytes[at])) at += 1;
    if (bytes[at] !== QUOTE) return members;
    const nameEnd = stringEnd(bytes, at);
    const name = JSON.parse(decoder.decode(bytes.subarray(at, nameEnd))) as string;
    if (names.has(name)) return undefined;
    names.add(name);
    at = nameEnd;
    while (isBetween(bytes[at])) at += 1;
    const end = valueEnd(bytes, at);
    if (end === undefined) return undefined;
    members.push({ name, start: at, end });
    at = end;
  }
}

function stringEnd(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** `undefined` when it is nested too deeply. */
function valueEnd(bytes: Uint8Array, from: number): number | undefined {
  let at = from;
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth >= MAX_DEPTH) return undefined;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (isBetween(byte) || byte === 0x2c)) {
      return at;
    }
    at += 1;
  }
  return at;
}
