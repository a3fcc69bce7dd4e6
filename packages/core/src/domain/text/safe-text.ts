import { replaceHiddenCharacters, stripHiddenCharacters } from './hidden-characters.ts';

const MAX_PRINTABLE_LENGTH = 120;
const MAX_DISPLAY_LENGTH = 2_000;
const MAX_LOG_LINE_LENGTH = 2_000;

/** Returns at most `maxLength` characters of foreign text, with `?` in place of everything but printable ASCII. */
export const toPrintableAscii = (text: string, maxLength = MAX_PRINTABLE_LENGTH): string =>
  text.slice(0, maxLength).replace(/[^\x20-\x7e]/g, '?');

/**
 * Returns a string as it is, and any other parsed JSON value as JSON. For foreign values: `String` throws when an object has a member
 * `toString`, and writes a list of one text as that text.
 */
export function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

/** Tabs and line ends of any kind: U+0009-U+000D, NEL, line and paragraph separator. */
const LINE_ENDS = /[\t-\r\u0085\u2028\u2029]+/g;
/** Line ends other than a line feed. */
const OTHER_LINE_ENDS = /\r\n|[\v\f\r\u0085\u2028\u2029]/g;

/**
 * Returns foreign text for people as one line: without hidden characters and escape sequences, with a space in place of line
 * ends. Text beyond `maxLength` characters is replaced by `…`.
 */
export function toDisplayText(text: string, maxLength = MAX_DISPLAY_LENGTH): string {
  const clean = stripHiddenCharacters(text.slice(0, maxLength * 2).replace(LINE_ENDS, ' ')).trim();
  return clean.length > maxLength ? `${cut(clean, maxLength)}…` : clean;
}

/**
 * Returns foreign text for clients: as `toDisplayText`, but with its tabs and line feeds, so that lists and indented JSON in an
 * error stay readable. Not for logs.
 */
export function toDisplayLines(text: string, maxLength = MAX_DISPLAY_LENGTH): string {
  const clean = stripHiddenCharacters(text.slice(0, maxLength * 2).replace(OTHER_LINE_ENDS, '\n')).trim();
  return clean.length > maxLength ? `${cut(clean, maxLength)}…` : clean;
}

/** Returns at most `length` characters, without half a surrogate pair at the end. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

const questionMark = (): string => '?';

/** Returns at most `maxLength` characters of foreign text as one line, with `?` in place of each hidden character. */
export const toLogLine = (text: string, maxLength = MAX_LOG_LINE_LENGTH): string =>
  replaceHiddenCharacters(text.slice(0, maxLength), questionMark);

/** Returns plain data with `toLogLine` applied to every string, names of members included. */
export function toLogData(value: unknown): unknown {
  if (typeof value === 'string') return toLogLine(value);
  if (Array.isArray(value)) return value.map(toLogData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [toLogLine(name), toLogData(member)]));
}
