import type { ParsedArgs, Flag } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import { list, wholeNumber } from '../settings/values.ts';

/** The names behind a flag, with commas between or the flag given again; undefined when it was not given. */
export function namesFlag(given: ParsedArgs, flag: string): readonly string[] | undefined {
  const texts = given.all(flag);
  if (texts.length === 0) return undefined;
  const names = texts.flatMap((text) => list.parse(text));
  if (names.length === 0) throw usageError(`--${flag} must name at least one, with commas between`);
  return [...new Set(names)];
}

/** The number behind a flag; undefined when the flag was not given. What is out of range is refused, never dropped. */
export function numberFlag(
  given: ParsedArgs,
  flag: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  const read = wholeNumber(least, most).safeParse(text.trim());
  if (read.success) return read.data;
  throw usageError(`--${flag} must be a number from ${String(least)} to ${String(most)}, not '${text}'`);
}

/** The text of a flag that a command cannot do without. */
export function requiredFlag(given: ParsedArgs, flag: string): string {
  const text = given.text(flag);
  if (text === undefined || text === '') throw usageError(`--${flag} is missing`);
  return text;
}

const MAX_COUNT = 2_000;
const DEFAULT_LIMIT = 200;
const schema = wholeNumber(1, MAX_COUNT);

export const limitFlag = (describe: string, fallback = DEFAULT_LIMIT): Flag => ({
  type: 'text',
  describe,
  fallbackText: String(fallback),
});

/** The number behind a flag, from 1 to 2000. */
export function limitOf(given: ParsedArgs, flag: string, fallback = DEFAULT_LIMIT): number {
  const text = given.text(flag);
  if (text === undefined) return fallback;
  const read = schema.safeParse(text);
  if (!read.success) throw usageError(`--${flag} must be a number from 1 to ${String(MAX_COUNT)}, not '${text}'`);
  return read.data;
}
