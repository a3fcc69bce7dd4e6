/** A text after one decoding, with the place of each of its units in the original. */
export interface DecodedText {
  readonly text: string;
  /** `starts[i]` is the index of unit `i` in the original; the last entry is the length of the original. */
  readonly starts: Uint32Array;
}

/** Returns the length and the decoded text of an escape at an index; undefined if the text has none there. */
type EscapeReader = (text: string, at: number) => readonly [length: number, decoded: string] | undefined;

/** Returns a text with the escapes of one notation decoded; undefined if the text has none. Linear in the text. */
function decode(text: string, marker: string, read: EscapeReader): DecodedText | undefined {
  let at = text.indexOf(marker);
  if (at < 0) return undefined;
  const starts = new Uint32Array(text.length + 1);
  const parts: string[] = [];
  let size = 0;
  let last = 0;
  const copy = (end: number): void => {
    for (let i = last; i < end; i += 1) starts[size++] = i;
    if (end > last) parts.push(text.slice(last, end));
  };
  for (; at >= 0; at = text.indexOf(marker, last)) {
    const escape = read(text, at);
    copy(escape === undefined ? at + 1 : at);
    last = at + 1;
    if (escape === undefined) continue;
    const [length, decoded] = escape;
    for (let i = 0; i < decoded.length; i += 1) starts[size++] = at;
    parts.push(decoded);
    last = at + length;
  }
  copy(text.length);
  starts[size] = text.length;
  return { text: parts.join(''), starts: starts.subarray(0, size + 1) };
}

const PLAIN_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const HEX4 = /^[0-9a-fA-F]{4}$/;
const HEX2 = /^[0-9a-fA-F]{2}$/;
const ENTITY = /^&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));/;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const MAX_ENTITY_LENGTH = 11;
const MAX_CODE_POINT = 0x10ffff;

/** Decodes the escapes of JSON strings (RFC 8259 §7). */
export const decodeJson = (text: string): DecodedText | undefined =>
  decode(text, '\\', (from, at) => {
    const next = from[at + 1] ?? '';
    if (next !== 'u') return PLAIN_ESCAPES[next] === undefined ? undefined : [2, PLAIN_ESCAPES[next]];
    const digits = from.slice(at + 2, at + 6);
    return HEX4.test(digits) ? [6, String.fromCharCode(Number.parseInt(digits, 16))] : undefined;
  });

/** Decodes percent escapes (RFC 3986 §2.1) to one unit per byte. */
export const decodePercent = (text: string): DecodedText | undefined =>
  decode(text, '%', (from, at) => {
    const digits = from.slice(at + 1, at + 3);
    return HEX2.test(digits) ? [3, String.fromCharCode(Number.parseInt(digits, 16))] : undefined;
  });

/** Decodes character references of HTML: decimal, hexadecimal and the five named ones of XML. */
export const decodeHtml = (text: string): DecodedText | undefined =>
  decode(text, '&', (from, at) => {
    const [written, decimal, hex, name] = ENTITY.exec(from.slice(at, at + MAX_ENTITY_LENGTH)) ?? [];
    if (written === undefined) return undefined;
    const point = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    if (name !== undefined) return [written.length, ENTITIES[name] ?? ''];
    return point <= MAX_CODE_POINT ? [written.length, String.fromCodePoint(point)] : undefined;
  });
