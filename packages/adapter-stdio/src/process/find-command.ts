import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

/**
 * Returns the path of a program. A command with a slash is resolved against `cwd`; any other command is the first executable
 * file in an absolute folder of PATH.
 * @throws ClarityError PROCESS_START_FAILED when no executable file is found.
 */
export async function findCommand(command: string, cwd: string, path: string): Promise<string> {
  const candidates = /[/\\]/.test(command)
    ? [resolve(cwd, command)]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((folder) => join(folder, command));
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  const problem = candidates.length === 1 ? 'not an executable file' : 'not found on PATH';
  throw new ClarityError('PROCESS_START_FAILED', `command '${toPrintableAscii(command)}': ${problem}`, {
    field: 'spec.origin.command',
    hint: 'install the program, or set spec.origin.command to its absolute path',
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
