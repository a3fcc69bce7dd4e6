import { toCliError } from '../support/cli-error.ts';
import type { ProcessContext } from '../support/process-context.ts';
import { withWorkingCommands } from '../support/working-commands.ts';
import { escapeLines, toTerminalJson } from '../terminal/escape.ts';

/** Prints an error with its hint on stderr, for people or as one JSON object, and returns its exit code. */
export function printProblem(
  error: unknown,
  { stderr, commands }: Pick<ProcessContext, 'stderr' | 'commands'>,
  asJson = false,
): number {
  const { message, hint: given, code, exitCode } = toCliError(error);
  const hint = given === undefined ? undefined : withWorkingCommands(given, commands);
  const text = withWorkingCommands(message, commands);
  if (asJson) stderr.write(`${toTerminalJson({ error: text, code, hint, exitCode }, 0)}\n`);
  else {
    stderr.write(`error: ${escapeLines(text)}\n`);
    if (hint !== undefined) stderr.write(`hint: ${escapeLines(hint)}\n`);
  }
  return exitCode;
}
