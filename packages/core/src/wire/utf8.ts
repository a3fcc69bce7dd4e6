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
