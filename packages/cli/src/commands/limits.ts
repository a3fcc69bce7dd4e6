import type { Flag, Given } from '../arguments/command-grammar.ts';
import { usageProblem } from '../support/cli-error.ts';
import { wholeNumber } from '../settings/values.ts';

const MOST = 2_000;
const DEFAULT_LIMIT = 200;
const schema = wholeNumber(1, MOST);

export const limitFlag = (describe: string, fallback = DEFAULT_LIMIT): Flag => ({
  type: 'text',
  describe,
  fallbackText: String(fallback),
});

/** The number behind a flag, from 1 to 2000. */
export function limitOf(given: Given, flag: string, fallback = DEFAULT_LIMIT): number {
  const text = given.text(flag);
  if (text === undefined) return fallback;
  const read = schema.safeParse(text);
  if (!read.success) throw usageProblem(`--${flag} must be a number from 1 to ${String(MOST)}, not '${text}'`);
  return read.data;
}
