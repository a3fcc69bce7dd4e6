import type { Given } from '../arguments/command-grammar.ts';
import { usageProblem } from '../support/cli-error.ts';

/** The text of a flag that a command cannot do without. */
export function requiredFlag(given: Given, flag: string): string {
  const text = given.text(flag);
  if (text === undefined || text === '') throw usageProblem(`--${flag} is missing`);
  return text;
}
