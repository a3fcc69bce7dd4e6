import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClarityError, type SandboxMode } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import {
  bubblewrapCommand,
  isInside,
  seatbeltCommand,
  type CommandLine,
  type SandboxPaths,
} from './sandbox-command.ts';

/** The sandbox of this machine, or the reason why it has none. */
export type FoundSandbox =
  | { readonly program: string; readonly command: typeof bubblewrapCommand; readonly processes: number }
  | { readonly problem: string; readonly fix: string };

/** Places of the programs, not PATH: another program of that name must not become the sandbox. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  linux: ['/usr/bin/bwrap', '/usr/local/bin/bwrap', '/run/current-system/sw/bin/bwrap'],
  darwin: ['/usr/bin/sandbox-exec'],
};
const PROBE_LIMIT_MS = 5_000;
/** Processes of bubblewrap itself: the outer one, and the first one of the new view of processes. */
const BUBBLEWRAP_PROCESSES = 2;

/** Folders below the home folder in which programs keep credentials. */
const CREDENTIALS = ['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.config/gcloud', '.config/gh', '.netrc'];
const CREDENTIAL_FILES = ['.npmrc', '.pypirc', '.git-credentials'];
/** Folders in which package runners keep what they install. */
const CACHES = ['.npm', '.cache', '.local/share/uv', '.local/share/pnpm', '.bun', 'Library/Caches'];

/** Returns the sandbox of this machine after a run of it. */
export async function findSandbox(
  platform: string = process.platform,
  places = PLACES[platform],
): Promise<FoundSandbox> {
  if (places === undefined) return { problem: `${platform} has no sandbox`, fix: 'run the service on Linux' };
  for (const program of places) {
    if (!(await isProgram(program))) continue;
    const command = platform === 'darwin' ? seatbeltCommand : bubblewrapCommand;
    const problem = await probe(command(program, ['/bin/sh', '-c', ':'], NO_PATHS));
    if (problem === undefined) {
      return { program, command, processes: platform === 'darwin' ? 0 : BUBBLEWRAP_PROCESSES };
    }
    const fix = 'allow user namespaces for bubblewrap (kernel.unprivileged_userns_clone, AppArmor profile)';
    return { problem: `${program} does not work: ${toPrintableAscii(problem, 200)}`, fix };
  }
  const fix = platform === 'linux' ? 'install bubblewrap (package bubblewrap)' : 'use a macOS with sandbox-exec';
  return { problem: `${places[0] ?? ''} is not installed`, fix };
}

const NO_PATHS: SandboxPaths = {
  cwd: '/usr',
  writable: [],
  hiddenFolders: [],
  hiddenFiles: [],
  readable: [],
  temporary: '/usr',
};

async function probe([program, ...args]: CommandLine): Promise<string | undefined> {
  try {
    await promisify(execFile)(program, args, { timeout: PROBE_LIMIT_MS, env: {} });
    return undefined;
  } catch (error) {
    const { stderr = '', message = '' } = error as { stderr?: string; message?: string };
    return stderr.trim().split('\n')[0] || message;
  }
}

/**
 * Returns the sandbox that a mode requires; undefined for `none`, or for `auto` where this machine has none.
 * @throws ClarityError ISOLATION_UNAVAILABLE when `required` is set and this machine has none.
 */
export async function sandboxFor(
  mode: SandboxMode = 'none',
  find: () => Promise<FoundSandbox> = findSandbox,
): Promise<FoundSandbox | undefined> {
  if (mode === 'none') return undefined;
  const found = await find();
  if (mode === 'auto' || !('problem' in found)) return found;
  throw new ClarityError('ISOLATION_UNAVAILABLE', `spec.sandbox is required, and ${found.problem}`, {
    field: 'spec.sandbox',
    hint: `${found.fix}, or set spec.sandbox to auto`,
  });
}

/** Places that a sandbox depends on. */
export interface SandboxPlaces {
  readonly cwd: string;
  /** The folder `.clarity` in it is hidden. */
  readonly workspace: string;
  /** Files and folders of the runtime that are hidden besides. */
  readonly hidden: readonly string[];
  readonly program: string;
  readonly home?: string | undefined;
}

/** Returns the paths of a sandbox that exist now, without symbolic links. */
export async function sandboxPaths(places: SandboxPlaces): Promise<SandboxPaths> {
  const { home = homedir(), workspace, hidden, program } = places;
  const cwd = await realpath(places.cwd);
  const ofHome = (names: readonly string[]): readonly string[] => names.map((name) => join(home, name));
  // A service that works in such a folder was given it by the operator. Folders of the runtime are hidden in any case.
  const credentials = (await existing(ofHome([...CREDENTIALS, ...CREDENTIAL_FILES]))).filter(
    ({ path }) => !isInside(cwd, path),
  );
  const secret = [...(await existing([join(workspace, '.clarity'), ...hidden])), ...credentials];
  return {
    cwd,
    writable: (await existing(ofHome(CACHES))).flatMap(({ path, isFolder }) => (isFolder ? [path] : [])),
    hiddenFolders: secret.flatMap(({ path, isFolder }) => (isFolder ? [path] : [])),
    hiddenFiles: secret.flatMap(({ path, isFolder }) => (isFolder ? [] : [path])),
    readable: [await realpath(program)].filter((path) => isInside(path, '/tmp') || isInside(path, '/run')),
    temporary: await realpath(tmpdir()),
  };
}

async function existing(paths: readonly string[]): Promise<readonly { path: string; isFolder: boolean }[]> {
  const found = paths.map(async (given) => {
    try {
      const path = await realpath(given);
      return [{ path, isFolder: (await stat(path)).isDirectory() }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(found)).flat();
}

const isProgram = async (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
