import type { CommandGrammar, Given } from '../arguments/command-grammar.ts';
import type { Session } from './command-context.ts';

export interface Command extends CommandGrammar {
  /** Resolves to the exit code. What fails is thrown as a `Problem`. */
  run(given: Given, session: Session): Promise<number>;
}
