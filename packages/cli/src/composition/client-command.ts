import type { Environment } from '../support/process-context.ts';
import { CLARITYCTL } from '../support/program-paths.ts';
import { isOnPath } from '../support/program-search.ts';

export interface ControlCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * Returns the command that starts `clarityctl` from a client: its name when it is on the PATH, otherwise its absolute
 * path with the running Node. Desktop programs often have a PATH without `node`.
 */
export function clientCommand(env: Environment): ControlCommand {
  if (isOnPath('clarityctl', env)) return { command: 'clarityctl', args: [] };
  return { command: process.execPath, args: [CLARITYCTL] };
}
