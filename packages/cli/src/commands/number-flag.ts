import type { Given } from '../arguments/command-grammar.ts';
import { usageProblem } from '../support/cli-error.ts';
import { wholeNumber } from '../settings/values.ts';

/** The number behind a flag; undefined when the flag was not given. What is out of range is refused, never dropped. */
export function numberFlag(given: Given, flag: string, [least, most]: readonly [number, number]): number | undefined {
  const text = given.text(flag);
  if (text === undefined) return undefined;
  const read = wholeNumber(least, most).safeParse(text.trim());
  if (read.success) return read.data;
  throw usageProblem(`--${flag} must be a number from ${String(least)} to ${String(most)}, not '${text}'`);
}
