import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { embeddedCompiler } from '@clarity-runtime/compiler';
import { compilerVersion } from '@clarity-runtime/adapter-toolchain';
import { isLoopback } from '../api/loopback.ts';
import { codeOf, messageOf } from '../support/error-text.ts';
import { CliError, toCliError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';

export interface Check {
  readonly name: string;
  readonly status: 'pass' | 'fail';
  readonly detail: string;
  /** What mends it. */
  readonly fix?: string;
}

const OLDEST_NODE = [20, 19] as const;
const OTHERS = 0o077;

/** Runs one look: what it returns is well, what it throws is wrong, with the hint as the mend. */
export async function check(name: string, look: () => Promise<string> | string): Promise<Check> {
  try {
    return { name, status: 'pass', detail: await look() };
  } catch (error) {
    const fix = toCliError(error).hint;
    return { name, status: 'fail', detail: messageOf(error), ...(fix === undefined ? {} : { fix }) };
  }
}

export async function daemonDetail({ api }: CommandContext): Promise<string> {
  const { runtime } = await api.status();
  return `reachable at ${api.daemonUrl.origin}, clarityd ${runtime.version}`;
}

export async function compilerDetail({ cwd, env }: CommandContext, bin: string | undefined): Promise<string> {
  if (bin === undefined) return `built in: ${embeddedCompiler.name} ${embeddedCompiler.version}`;
  return `${bin}: ${await compilerVersion({ bin, cwd, env })}`;
}

/** What is not there yet can be made in the nearest folder that is. */
export async function workspaceDetail({ cwd }: CommandContext): Promise<string> {
  const folder = join(cwd, '.clarity', 'build');
  let existing = folder;
  while ((await stat(existing).catch(() => undefined)) === undefined && existing !== dirname(existing)) {
    existing = dirname(existing);
  }
  const refuse = (what: string, hint: string): CliError => new CliError(`${existing} ${what}`, { hint });
  if (!(await stat(existing)).isDirectory()) throw refuse('is in the way: it is no folder', 'move it away');
  await access(existing, constants.W_OK | constants.X_OK).catch(() => {
    throw refuse('cannot be written to', `give yourself the right to: chmod u+wx ${existing}`);
  });
  return `build folder ready: ${folder}`;
}

export function nodeDetail(version: string = process.versions.node): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = OLDEST_NODE;
  if (major > least || (major === least && minor >= leastMinor)) return `Node ${version}`;
  throw new CliError(`Node ${version} is too old`, { hint: `install Node ${OLDEST_NODE.join('.')} or newer` });
}

/** Somebody who is no clarityd on the port keeps one from starting there. */
export async function portDetail({ api }: CommandContext): Promise<string> {
  const { daemonUrl } = api;
  const port = daemonUrl.port === '' ? 80 : Number(daemonUrl.port);
  if (!isLoopback(daemonUrl)) return `${daemonUrl.host} is on another machine`;
  if (
    await api.status().then(
      () => true,
      () => false,
    )
  )
    return `port ${String(port)} is the daemon's`;
  const host = daemonUrl.hostname === 'localhost' ? '127.0.0.1' : daemonUrl.hostname.replace(/^\[|\]$/g, '');
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(codeOf(error) ?? 'unknown');
    });
    server.listen(port, host, () =>
      server.close(() => {
        resolve(undefined);
      }),
    );
  });
  if (code === undefined) return `port ${String(port)} is free`;
  throw new CliError(`port ${String(port)} cannot be had: ${code}`, {
    hint: 'end what listens there, or use another: clarityd --port <n>, with CLARITYD_URL for clarityctl',
  });
}

/** The state is its owner's alone. Systems without such rights have nothing to check. */
export async function permissionsDetail({ cwd }: CommandContext): Promise<string> {
  const folder = join(cwd, '.clarity', 'runtime');
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return 'no state here yet';
  if (process.platform !== 'win32' && (found.mode & OTHERS) !== 0) {
    throw new CliError(`${folder} can be read by others`, { hint: `chmod 700 ${folder}` });
  }
  return `${folder} is for its owner only`;
}

/** Which process holds the workspace, as its lock file says. */
export async function lockDetail({ cwd }: CommandContext): Promise<string> {
  const path = join(cwd, '.clarity', 'runtime', 'daemon.lock');
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return 'no daemon holds this workspace';
  const { pid, url } = JSON.parse(text) as { readonly pid?: unknown; readonly url?: unknown };
  if (typeof pid !== 'number') throw new CliError(`${path} is no lock of clarityd`, { hint: 'remove it' });
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return `process ${String(pid)} held it and has gone: the next daemon takes it over`;
  }
  return `process ${String(pid)} holds it${typeof url === 'string' ? ` and answers at ${url}` : ''}`;
}
