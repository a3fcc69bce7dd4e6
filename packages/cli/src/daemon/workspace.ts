import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ExitCode, CliError } from '../support/cli-error.ts';

/** The folder that was named, absolute; it must be there, because a mistyped one would become an empty registry. */
export async function findWorkspace(cwd: string, named: string): Promise<string> {
  const path = resolve(cwd, named);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return path;
  throw new CliError(`--workspace ${path} ${found === undefined ? 'does not exist' : 'is not a folder'}`, {
    hint: 'create it first, or name another',
    exitCode: ExitCode.usage,
  });
}
