const MAX_PRINTABLE_LENGTH = 120;

/** Foreign text as it may stand in a message: bounded, and without characters that a terminal would obey. */
export const toPrintableAscii = (text: string, longest = MAX_PRINTABLE_LENGTH): string =>
  text.slice(0, longest).replace(/[^\x20-\x7e]/g, '?');

const MAX_DISPLAY_LENGTH = 2_000;

/** Controls, and characters that reorder or hide the text around them. */
// eslint-disable-next-line no-control-regex -- these are what is taken out
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]+/gu;

/** Foreign text for people and logs: one line, bounded, and without what a terminal or a reader would obey. */
export const toDisplayText = (text: string, longest = MAX_DISPLAY_LENGTH): string => {
  const clean = text
    .slice(0, longest * 2)
    .replace(HARMFUL, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest)}…` : clean;
};

const MAX_LOG_LINE_LENGTH = 2_000;
/** Control characters, line and paragraph separators, and what turns the direction of writing. */
const obeyed = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Foreign text as one line of a record: bounded, any script, nothing that a terminal or a log reader would obey. */
export const toLogLine = (text: string, longest = MAX_LOG_LINE_LENGTH): string =>
  text.slice(0, longest).replace(obeyed, '?');

/** Plain data with every string in it made a plain line. */
export function toLogData(value: unknown): unknown {
  if (typeof value === 'string') return toLogLine(value);
  if (Array.isArray(value)) return value.map(toLogData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [toLogLine(name), toLogData(member)]));
}
