import { MAX_DEPTH, skipColon, skipKnownString, skipKnownValue, skipSpace } from './json-scanner.ts';
import { RawJson } from './raw-json.ts';
import { shortText } from './short-texts.ts';
import { encodeUtf8, joined } from './utf8.ts';

/** The bytes of a member's value, from `start` to before `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;

/** Returns the top-level members of bytes that are known to be one valid JSON object. Checks nothing. */
export function topLevelSpans(bytes: Uint8Array): ReadonlyMap<string, Span> {
  const found = new Map<string, Span>();
  for (let quote = firstName(bytes); quote >= 0;) {
    const { name, start } = memberAt(bytes, quote);
    const end = skipKnownValue(bytes, start);
    found.set(name, { start, end });
    quote = nextName(bytes, skipSpace(bytes, end));
  }
  return found;
}

/**
 * Returns the members of bytes that are known to be valid JSON and come from another process. Undefined when the value is not
 * an object, has a duplicate member, or is nested deeper than 128 levels.
 */
export function strictMembers(bytes: Uint8Array): Map<string, RawJson> | undefined {
  if (bytes[skipSpace(bytes, 0)] !== OPEN_BRACE) return undefined;
  const found = new Map<string, RawJson>();
  for (let quote = firstName(bytes); quote >= 0;) {
    const { name, start } = memberAt(bytes, quote);
    const end = skipKnownValue(bytes, start, MAX_DEPTH);
    if (end < 0 || found.has(name)) return undefined;
    found.set(name, RawJson.fromBytes(bytes.subarray(start, end)));
    quote = nextName(bytes, skipSpace(bytes, end));
  }
  return found;
}

/** Returns at most `maxCount` items of bytes that are known to be one valid JSON array. */
export const arrayItems = (bytes: Uint8Array, maxCount: number): readonly RawJson[] =>
  arraySpans(bytes, maxCount).map(({ start, end }) => RawJson.fromBytes(bytes.subarray(start, end)));

/** Like `arrayItems`, as places of the items in the bytes. */
export function arraySpans(bytes: Uint8Array, maxCount = Infinity): readonly Span[] {
  const items: Span[] = [];
  let at = skipSpace(bytes, bytes.indexOf(OPEN_BRACKET) + 1);
  while (items.length < maxCount && at < bytes.length && bytes[at] !== CLOSE_BRACKET) {
    const end = skipKnownValue(bytes, at);
    items.push({ start: at, end });
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return items;
}

/** Returns the top-level members of an object with their original bytes; an empty map for any other value. */
export function membersOf({ bytes }: RawJson): ReadonlyMap<string, RawJson> {
  const found = new Map<string, RawJson>();
  if (bytes[skipSpace(bytes, 0)] !== OPEN_BRACE) return found;
  for (const [name, { start, end }] of topLevelSpans(bytes))
    found.set(name, RawJson.fromBytes(bytes.subarray(start, end)));
  return found;
}

/** Returns an object of the given members with their original bytes. */
export function objectOf(members: ReadonlyMap<string, RawJson>): RawJson {
  const parts: Uint8Array[] = [];
  for (const [name, { bytes }] of members) {
    parts.push(encodeUtf8(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`), bytes);
  }
  if (parts.length === 0) return RawJson.fromText('{}');
  parts.push(END);
  return RawJson.fromBytes(joined(parts));
}

const END = encodeUtf8('}');

const firstName = (bytes: Uint8Array): number => nextName(bytes, bytes.indexOf(OPEN_BRACE) + 1);

/** Returns the member whose name begins at `quote`, and the offset of its value. */
function memberAt(bytes: Uint8Array, quote: number): { readonly name: string; readonly start: number } {
  const behind = skipKnownString(bytes, quote);
  return { name: memberName(bytes, quote, behind), start: skipColon(bytes, behind) };
}

/** Returns the name of a member with its escapes resolved: `"\u0069d"` is `id`. `behind` is the offset after the name. */
export const memberName = (bytes: Uint8Array, quote: number, behind: number): string =>
  shortText(bytes, quote + 1, behind - 1) ?? (RawJson.fromBytes(bytes.subarray(quote, behind)).value as string);

/** Returns the offset of the next member's opening quote; -1 after the last member. */
function nextName(bytes: Uint8Array, from: number): number {
  const at = skipSpace(bytes, bytes[from] === COMMA ? from + 1 : from);
  return bytes[at] === QUOTE ? at : -1;
}
