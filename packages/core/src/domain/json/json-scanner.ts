/** In place of an offset: the bytes are not UTF-8. */
export const NOT_UTF8 = -3;

/** Where the character whose first byte is at `at` ends; it is not ASCII. NOT_UTF8 for overlong forms and surrogates too. */
export function skipUtf8(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  if (first >= 0xc2 && first <= 0xdf) return isTail(second) ? at + 2 : NOT_UTF8;
  if (!isTail(bytes[at + 2] ?? 0)) return NOT_UTF8;
  if (first >= 0xe0 && first <= 0xef) return isSecondOfThree(first, second) ? at + 3 : NOT_UTF8;
  if (!isTail(bytes[at + 3] ?? 0)) return NOT_UTF8;
  if (first >= 0xf0 && first <= 0xf4) return isSecondOfFour(first, second) ? at + 4 : NOT_UTF8;
  return NOT_UTF8;
}

const isTail = (byte: number): boolean => byte >= 0x80 && byte <= 0xbf;

/** Not overlong (E0) and no surrogate (ED). */
const isSecondOfThree = (first: number, second: number): boolean =>
  second >= (first === 0xe0 ? 0xa0 : 0x80) && second <= (first === 0xed ? 0x9f : 0xbf);

/** Not overlong (F0) and not above U+10FFFF (F4). */
const isSecondOfFour = (first: number, second: number): boolean =>
  second >= (first === 0xf0 ? 0x90 : 0x80) && second <= (first === 0xf4 ? 0x8f : 0xbf);

/** In place of an offset: why the bytes cannot be read on. */
export const NOT_JSON = -1;
export const TOO_DEEP = -2;

/** Objects and lists that may stand in each other; what every parser behind this one walks without harm. */
export const MAX_DEPTH = 128;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Bytes that stand for themselves in a string: ASCII without controls, quote and backslash. */
const plain = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);
/** What may follow a backslash, besides `u`. */
const escapable = new Set(Array.from('"\\/bfnrt', (letter) => letter.charCodeAt(0)));

/** Where the white space from `at` on ends. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let byte = bytes[at];
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
    at += 1;
    byte = bytes[at];
  }
  return at;
}

/** Where the value that begins at `at` ends, or why it is none. `depth` is how many containers stand around it. */
export function skipValue(bytes: Uint8Array, at: number, depth: number): number {
  switch (bytes[at]) {
    case QUOTE:
      return skipString(bytes, at);
    case OPEN_BRACE:
      return skipObject(bytes, at, depth + 1);
    case OPEN_BRACKET:
      return skipArray(bytes, at, depth + 1);
    case 0x74:
      return skipWord(bytes, at, 'true');
    case 0x66:
      return skipWord(bytes, at, 'false');
    case 0x6e:
      return skipWord(bytes, at, 'null');
    default:
      return skipNumber(bytes, at);
  }
}

/** Where the string whose opening quote is at `at` ends. */
export function skipString(bytes: Uint8Array, at: number): number {
  at += 1;
  for (;;) {
    let byte = bytes[at];
    while (byte !== undefined && plain[byte] === 1) {
      at += 1;
      byte = bytes[at];
    }
    if (byte === QUOTE) return at + 1;
    if (byte === undefined || byte < 0x20) return NOT_JSON;
    at = byte === BACKSLASH ? skipEscape(bytes, at) : skipUtf8(bytes, at);
    if (at < 0) return at;
  }
}

function skipObject(bytes: Uint8Array, open: number, depth: number): number {
  if (depth > MAX_DEPTH) return TOO_DEEP;
  let at = skipSpace(bytes, open + 1);
  if (bytes[at] === CLOSE_BRACE) return at + 1;
  for (;;) {
    if (bytes[at] !== QUOTE) return NOT_JSON;
    at = skipString(bytes, at);
    if (at < 0) return at;
    at = skipColon(bytes, at);
    if (at < 0) return at;
    at = skipValue(bytes, at, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    if (bytes[at] !== COMMA) return NOT_JSON;
    at = skipSpace(bytes, at + 1);
  }
}

function skipArray(bytes: Uint8Array, open: number, depth: number): number {
  if (depth > MAX_DEPTH) return TOO_DEEP;
  let at = skipSpace(bytes, open + 1);
  if (bytes[at] === CLOSE_BRACKET) return at + 1;
  for (;;) {
    at = skipValue(bytes, at, depth);
    if (at < 0) return at;
    at = skipSpace(bytes, at);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    if (bytes[at] !== COMMA) return NOT_JSON;
    at = skipSpace(bytes, at + 1);
  }
}

/** From behind a member's name to the first byte of its value. */
export function skipColon(bytes: Uint8Array, at: number): number {
  at = skipSpace(bytes, at);
  return bytes[at] === COLON ? skipSpace(bytes, at + 1) : NOT_JSON;
}

function skipEscape(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1];
  if (letter !== 0x75) return letter !== undefined && escapable.has(letter) ? at + 2 : NOT_JSON;
  for (let i = at + 2; i < at + 6; i += 1) if (!isHex(bytes[i])) return NOT_JSON;
  return at + 6;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  if (bytes[at] === MINUS) at += 1;
  at = bytes[at] === ZERO ? at + 1 : skipDigits(bytes, at);
  if (at > 0 && bytes[at] === 0x2e) at = skipDigits(bytes, at + 1);
  if (at > 0 && (bytes[at] === 0x65 || bytes[at] === 0x45)) {
    const sign = bytes[at + 1];
    at = skipDigits(bytes, sign === 0x2b || sign === MINUS ? at + 2 : at + 1);
  }
  return at;
}

/** At least one digit. */
function skipDigits(bytes: Uint8Array, at: number): number {
  if (!isDigit(bytes[at])) return NOT_JSON;
  do at += 1;
  while (isDigit(bytes[at]));
  return at;
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 0; i < word.length; i += 1) if (bytes[at + i] !== word.charCodeAt(i)) return NOT_JSON;
  return at + word.length;
}

const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 0x39;

const isHex = (byte: number | undefined): boolean =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
