import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder } from '../settings/home-folder.ts';
import type { Environment } from '../support/process-context.ts';
import { CLARITYCTL } from '../support/program-paths.ts';
import { isOnPath } from '../support/program-search.ts';

export interface ControlCommand {
  readonly command: string;
  readonly args: readonly string[];
}

const NPX_CACHE = /[\\/]_npx[\\/]/;

/**
 * Returns the command that starts `clarityctl` from a client: its name when it is on the PATH, otherwise its absolute
 * path with the running Node. Desktop programs often have a PATH without `node`. A program in the cache of npx, which npm
 * deletes, is never named if the home has a copy of it.
 */
export function clientCommand(env: Environment, own = CLARITYCTL): ControlCommand {
  if (isOnPath('clarityctl', env)) return { command: 'clarityctl', args: [] };
  const kept = join(homeFolder(env), 'app', 'current', 'node_modules', 'clarity-runtime', 'bin', 'clarityctl.js');
  const program = NPX_CACHE.test(own) && existsSync(kept) ? kept : own;
  return { command: process.execPath, args: [program] };
}
