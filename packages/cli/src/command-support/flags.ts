import type { ParsedArgs, Flag } from '../arguments/command-grammar.ts';
import { usageError } from '../support/cli-error.ts';
import { list, wholeNumber } from '../settings/values.ts';

/** Returns the names of a comma-separated or repeated flag, or undefined when the flag is absent. */
export function namesFlag(given: ParsedArgs, flag: string): readonly string[] | undefined {
  const texts = given.all(flag);
  if (texts.length === 0) return undefined;
  const names = texts.flatMap((text) => list.parse(text));
  if (names.length === 0) throw usageError(`--${flag} must be a comma-separated list of at least one name`);
  return [...new Set(names)];
}

/** Returns the number of a flag, or undefined when the flag is absent. Throws a `CliError` when it is out of range. */
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

/** Returns the value of a required flag. */
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

/** Returns the number of a flag, from 1 to 2000. */
export function limitOf(given: ParsedArgs, flag: string, fallback = DEFAULT_LIMIT): number {
  const text = given.text(flag);
  if (text === undefined) return fallback;
  const read = schema.safeParse(text);
  if (!read.success) throw usageError(`--${flag} must be a number from 1 to ${String(MAX_COUNT)}, not '${text}'`);
  return read.data;
}
