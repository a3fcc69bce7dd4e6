/**
 * Texts that come again and again, such as the names of members, by a hash of their bytes. A slot keeps the last text of its
 * hash. Building a text of a dozen bytes takes 0.2 µs and leaves garbage, and a call has about thirty of them.
 */
const SLOTS = 1_024;
/** Longer texts are not kept, so that the table has at most 64 KiB of characters. */
const MAX_LENGTH = 64;
const BACKSLASH = 0x5c;

const kept: string[] = Array.from({ length: SLOTS }, () => '');

/** Returns the text of bytes that are ASCII without a backslash; undefined for other or more than 64 bytes. */
export function shortText(bytes: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start;
  if (length > MAX_LENGTH) return undefined;
  let hash = length;
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === BACKSLASH) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  const slot = (hash ^ (hash >>> 10)) & (SLOTS - 1);
  const known = kept[slot] ?? '';
  if (isTextOf(known, bytes, start, length)) return known;
  const text = String.fromCharCode(...bytes.subarray(start, end));
  kept[slot] = text;
  return text;
}

function isTextOf(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i += 1) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
