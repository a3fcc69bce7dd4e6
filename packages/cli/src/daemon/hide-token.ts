import { constants } from 'node:fs';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TOKEN_FILE_VARIABLE, TOKEN_VARIABLES } from '../settings/token-source.ts';
import type { Environment } from '../support/process-context.ts';

/** `process.execve`, since Node 22.15 and 23.11. It replaces this process and keeps its id. */
export type Execve = (file: string, args: readonly string[], env: Record<string, string>) => unknown;

const SHELL = '/bin/sh';
/** Opens the file of the token as descriptor 3, deletes it, and becomes the daemon. */
const HANDOVER = `exec 3<"$1"; rm -f -- "$1"; rmdir -- "\${1%/*}"; shift; exec "$@"`;
const TOKEN_FLAG = /^--auth-token(-file|-fd)?(=|$)/;

/** Returns the variables and the flag by which other processes of this user can read the token of this one. */
export function exposedNames(argv: readonly string[], env: Environment): readonly string[] {
  const isFlag = argv.some((word) => word === '--auth-token' || word.startsWith('--auth-token='));
  return [...(isFlag ? ['--auth-token'] : []), ...TOKEN_VARIABLES.filter((name) => (env[name] ?? '') !== '')];
}

/** Returns an environment without the token and the path of its file. */
export const withoutToken = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && ![...TOKEN_VARIABLES, TOKEN_FILE_VARIABLE].includes(entry[0]),
    ),
  );

/** The process to replace. */
export interface Replacement {
  /** Words before the arguments of the daemon: Node, its options and the script. */
  readonly command: readonly string[];
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly token: string;
  readonly execve: Execve;
}

/**
 * Replaces this process with one that has the token on a descriptor, not in its environment or arguments. Returns only
 * on failure.
 */
export async function replaceProcess({ command, argv, env, token, execve }: Replacement): Promise<void> {
  let folder: string | undefined;
  try {
    // A failed `execve` ends the process.
    await access(SHELL, constants.X_OK);
    folder = await mkdtemp(join(env['XDG_RUNTIME_DIR'] ?? tmpdir(), 'clarityd-'));
    const file = join(folder, 'token');
    await writeFile(file, token, { mode: 0o600, flag: 'wx' });
    const words = [...command, '--auth-token-fd=3', ...withoutTokenFlags(argv)];
    execve(SHELL, [SHELL, '-c', HANDOVER, 'clarityd', file, ...words], withoutToken(env));
  } catch {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

function withoutTokenFlags(argv: readonly string[]): readonly string[] {
  return argv.filter((word, at) => {
    const before = argv[at - 1] ?? '';
    return !TOKEN_FLAG.test(word) && !(TOKEN_FLAG.test(before) && !before.includes('='));
  });
}
