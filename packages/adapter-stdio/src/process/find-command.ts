import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

/** A command, and where it is looked up. */
export interface CommandQuery {
  readonly command: string;
  readonly cwd: string;
  /** Value of PATH. */
  readonly path: string;
}

/** Returns the first executable file of a command on POSIX systems. @throws ClarityError PROCESS_START_FAILED */
export function findCommand({ command, cwd, path }: CommandQuery): Promise<string> {
  const folders = path.split(posix.delimiter).filter((folder) => posix.isAbsolute(folder));
  const candidates = /[/\\]/.test(command)
    ? [posix.resolve(cwd, command)]
    : folders.map((folder) => posix.join(folder, command));
  return firstProgram(command, candidates, isExecutable);
}

/** Extensions of files that the system or cmd.exe runs, if PATHEXT lists them. */
const RUNNABLE: ReadonlySet<string> = new Set(['.COM', '.EXE', '.BAT', '.CMD']);
const DEFAULT_PATHEXT = '.COM;.EXE;.BAT;.CMD';

/**
 * Returns the first file of a command on Windows: in each folder the name with an extension of PATHEXT, in its order. The current
 * folder is not searched, which `cmd.exe` would do first.
 * @throws ClarityError PROCESS_START_FAILED
 */
export function findWindowsCommand(
  { command, cwd, path }: CommandQuery,
  pathExt = DEFAULT_PATHEXT,
  isFile: (path: string) => Promise<boolean> = isRegularFile,
): Promise<string> {
  const extensions = pathExt.split(';').filter((each) => RUNNABLE.has(each.toUpperCase()));
  const has = extensions.some((each) => command.toUpperCase().endsWith(each.toUpperCase()));
  const names = has ? [command] : extensions.map((each) => `${command}${each.toLowerCase()}`);
  const folders = path
    .split(win32.delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, '$1'))
    // A path without a drive is relative to the drive of the process.
    .filter((folder) => /^(?:[a-z]:[\\/]|\\\\)/i.test(folder));
  const candidates = /[/\\:]/.test(command)
    ? names.map((name) => win32.resolve(cwd, name))
    : folders.flatMap((folder) => names.map((name) => win32.join(folder, name)));
  return firstProgram(command, candidates, isFile);
}

/** Where programs come from that other people's configurations start. */
const SOURCES: Readonly<Record<string, string>> = {
  npx: 'install Node.js (https://nodejs.org), which has npx',
  npm: 'install Node.js (https://nodejs.org), which has npm',
  uvx: 'install uv (https://docs.astral.sh/uv), which has uvx',
  uv: 'install uv (https://docs.astral.sh/uv)',
  bunx: 'install Bun (https://bun.sh), which has bunx',
  bun: 'install Bun (https://bun.sh)',
  deno: 'install Deno (https://deno.com)',
  pnpm: 'install pnpm (https://pnpm.io)',
  dnx: 'install the .NET SDK 10 (https://dotnet.microsoft.com), which has dnx',
  docker: 'install Docker (https://docs.docker.com)',
  python: 'install Python (https://www.python.org)',
  python3: 'install Python (https://www.python.org)',
};

const installHint = (command: string): string =>
  Object.hasOwn(SOURCES, command) ? (SOURCES[command] ?? '') : 'install the program';

async function firstProgram(
  command: string,
  candidates: readonly string[],
  isProgram: (path: string) => Promise<boolean>,
): Promise<string> {
  for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
  const problem = /[/\\]/.test(command) ? 'not an executable file' : 'not found on PATH';
  throw new ClarityError('PROCESS_START_FAILED', `command '${toPrintableAscii(command)}': ${problem}`, {
    field: 'spec.origin.command',
    hint: `${installHint(command)}, or set spec.origin.command to its absolute path`,
  });
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

async function isRegularFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}
