const MAX_LOG_LINE_LENGTH = 2_000;
/** Control characters, line and paragraph separators, and what turns the direction of writing. */
const obeyed = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Foreign text as one line of a record: bounded, any script, nothing that a terminal or a log reader would obey. */
export const plainLine = (text: string, longest = MAX_LOG_LINE_LENGTH): string =>
  text.slice(0, longest).replace(obeyed, '?');

/** Plain data with every string in it made a plain line. */
export function plainData(value: unknown): unknown {
  if (typeof value === 'string') return plainLine(value);
  if (Array.isArray(value)) return value.map(plainData);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [plainLine(name), plainData(member)]));
}
