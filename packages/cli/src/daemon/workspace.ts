import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExitCode, CliError } from '../support/cli-error.ts';

/** Returns the absolute workspace folder. It must exist: a mistyped path would become an empty registry. */
export async function findWorkspace(cwd: string, named: string): Promise<string> {
  const path = resolve(cwd, named);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return path;
  throw new CliError(`--workspace ${path} ${found === undefined ? 'does not exist' : 'is not a folder'}`, {
    hint: 'create the folder first, or choose another',
    exitCode: ExitCode.usage,
  });
}
