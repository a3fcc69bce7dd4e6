import type { CommandGrammar, ParsedArgs } from '../arguments/command-grammar.ts';
import type { CommandContext } from './command-context.ts';

export interface Command extends CommandGrammar {
  /** Resolves to the exit code. Rejects with a `CliError` on failure. */
  run(given: ParsedArgs, session: CommandContext): Promise<number>;
}
