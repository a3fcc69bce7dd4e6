import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from '../support/process-context.ts';
import { CLARITYCTL } from './program-paths.ts';

export interface ControlCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Matches folders that are on the PATH only while npm or npx runs a command. */
const PASSING = /[\\/]node_modules[\\/]\.bin[\\/]?$|[\\/]_npx[\\/]/;

/**
 * Returns the command that starts `clarityctl` from a client: its name when it is on the PATH, otherwise its absolute
 * path with the running Node. Desktop programs often have a PATH without `node`.
 */
export function clientCommand(env: Environment): ControlCommand {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder) && !PASSING.test(folder));
  const names = process.platform === 'win32' ? ['clarityctl.cmd', 'clarityctl.exe'] : ['clarityctl'];
  const isInstalled = folders.some((folder) => names.some((name) => isProgram(join(folder, name))));
  if (isInstalled) return { command: 'clarityctl', args: [] };
  return { command: process.execPath, args: [CLARITYCTL] };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
