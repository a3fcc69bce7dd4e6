import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

/** Path of the program: as given when it has a slash, counted from `cwd`, else the first on PATH that may be run. */
export async function findCommand(command: string, cwd: string, path: string): Promise<string> {
  const candidates = /[/\\]/.test(command)
    ? [resolve(cwd, command)]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, command));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  const where = candidates.length === 1 ? 'it is no file that may be run' : 'it is not on PATH';
  throw new ClarityError('PROCESS_START_FAILED', `command '${toPrintableAscii(command)}': ${where}`, {
    field: 'spec.origin.command',
    hint: 'install the program, or write its absolute path',
  });
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
