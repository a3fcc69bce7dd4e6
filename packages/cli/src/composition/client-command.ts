import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from '../support/process-context.ts';
import { CLARITYCTL } from './program-paths.ts';

export interface ControlCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Folders that are on the PATH only while npm or npx runs something. */
const PASSING = /[\\/]node_modules[\\/]\.bin[\\/]?$|[\\/]_npx[\\/]/;

/**
 * How a client starts `clarityctl`: by its name when a shell of the user finds it, else by its absolute path. Programs with
 * windows often know no PATH with `node` in it, so the path is given to the Node that runs now.
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
