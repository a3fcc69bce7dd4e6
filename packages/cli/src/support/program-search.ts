import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Environment } from '@clarity-runtime/adapter-toolchain';

/** Matches folders that are on the PATH only while npm or npx runs a command. */
const PASSING = /[\\/]node_modules[\\/]\.bin[\\/]?$|[\\/]_npx[\\/]/;

/** Returns whether a program is on the PATH of the user, and not only on that of a running npm. */
export function isOnPath(name: string, env: Environment): boolean {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => isAbsolute(folder) && !PASSING.test(folder));
  return folders.some((folder) => hasProgram(folder, name));
}

/** Returns whether a folder has an executable of this name; on Windows with `.cmd` or `.exe`. */
export function hasProgram(folder: string, name: string): boolean {
  const names = process.platform === 'win32' ? [`${name}.cmd`, `${name}.exe`] : [name];
  return names.some((file) => isProgram(join(folder, file)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
