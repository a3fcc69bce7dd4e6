import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Environment } from '../support/process-context.ts';
import { usageError } from '../support/cli-error.ts';

const NAME = 'clarity-runtime';

/**
 * Returns the folder of `clarity-runtime up`, a workspace: `CLARITY_HOME`, otherwise the folder of the system for data of
 * the user.
 * @throws CliError with exit code 2 when `CLARITY_HOME` is not an absolute path.
 */
export function homeFolder(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const named = env['CLARITY_HOME'] ?? '';
  if (named !== '') {
    if (isAbsolute(named) && !/\p{Cc}/u.test(named)) return named;
    throw usageError(`CLARITY_HOME must be an absolute path without control characters, not '${named}'`);
  }
  const user = userFolder(env);
  if (platform === 'darwin') return join(user, 'Library', 'Application Support', NAME);
  if (platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(user, 'AppData', 'Local'), NAME);
  const data = env['XDG_DATA_HOME'] ?? '';
  return join(isAbsolute(data) ? data : join(user, '.local', 'share'), NAME);
}

/** Returns the folder of the user. */
export const userFolder = (env: Environment): string => env['HOME'] ?? env['USERPROFILE'] ?? homedir();
