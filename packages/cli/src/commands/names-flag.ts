import type { Given } from '../arguments/command-grammar.ts';
import { usageProblem } from '../support/cli-error.ts';
import { list } from '../settings/values.ts';

/** The names behind a flag, with commas between or the flag given again; undefined when it was not given. */
export function namesFlag(given: Given, flag: string): readonly string[] | undefined {
  const texts = given.all(flag);
  if (texts.length === 0) return undefined;
  const names = texts.flatMap((text) => list.parse(text));
  if (names.length === 0) throw usageProblem(`--${flag} must name at least one, with commas between`);
  return [...new Set(names)];
}
