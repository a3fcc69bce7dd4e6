import { constants } from 'node:fs';
import { access, lstat, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { assertOwn, ownFiles, runtimeFolder } from '@clarity-runtime/adapter-store-fs';
import { embeddedCompiler } from '@clarity-runtime/compiler';
import { compilerVersion } from '@clarity-runtime/adapter-toolchain';
import { isLoopback } from '../api/loopback.ts';
import { codeOf } from '../support/error-text.ts';
import { CliError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';

const OLDEST_NODE = [20, 19] as const;
const OTHERS = 0o077;

export async function daemonDetail({ api }: CommandContext): Promise<string> {
  const { runtime } = await api.status();
  return `reachable at ${api.daemonUrl.origin}, clarityd ${runtime.version}`;
}

export async function compilerDetail({ cwd, env }: CommandContext, bin: string | undefined): Promise<string> {
  if (bin === undefined) return `built in: ${embeddedCompiler.name} ${embeddedCompiler.version}`;
  return `${bin}: ${await compilerVersion({ bin, cwd, env })}`;
}

/** A missing folder is created below the nearest existing one. */
export async function workspaceDetail({ cwd }: CommandContext): Promise<string> {
  const folder = join(cwd, '.clarity', 'build');
  let existing = folder;
  while ((await stat(existing).catch(() => undefined)) === undefined && existing !== dirname(existing)) {
    existing = dirname(existing);
  }
  const refuse = (what: string, hint: string): CliError => new CliError(`${existing} ${what}`, { hint });
  if (!(await stat(existing)).isDirectory()) throw refuse('is not a folder', 'move the file away');
  await access(existing, constants.W_OK | constants.X_OK).catch(() => {
    throw refuse('is not writable', `run chmod u+wx ${existing}`);
  });
  return `build folder ready: ${folder}`;
}

export function nodeDetail(version: string = process.versions.node): string {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [least, leastMinor] = OLDEST_NODE;
  if (major > least || (major === least && minor >= leastMinor)) return `Node ${version}`;
  throw new CliError(`Node ${version} is too old`, { hint: `install Node ${OLDEST_NODE.join('.')} or newer` });
}

/** Another program on the port prevents clarityd from starting. */
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
    return `port ${String(port)} is used by the daemon`;
  const named = daemonUrl.hostname.replace(/^\[|\]$/g, '');
  const first = await bindError(port, named === 'localhost' ? '127.0.0.1' : named);
  const second = named === 'localhost' ? await bindError(port, '::1') : undefined;
  const code = first ?? (second === 'EADDRINUSE' ? `${second} on [::1]` : undefined);
  if (code === undefined) return `port ${String(port)} is free`;
  throw new CliError(`port ${String(port)} is not available: ${code}`, {
    hint: 'stop the program on that port, or use clarityd --port <n> and set CLARITYD_URL for clarityctl',
  });
}

/** Returns the code of the error with which the system refuses to listen; undefined if the port is free. */
const bindError = (port: number, host: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => {
      resolve(codeOf(error) ?? 'unknown');
    });
    server.listen({ port, host, ipv6Only: host === '::1' }, () =>
      server.close(() => {
        resolve(undefined);
      }),
    );
  });

/** Only the owner may read the state. Systems without such permissions are not checked. */
export async function permissionsDetail({ cwd }: CommandContext): Promise<string> {
  const folder = join(cwd, '.clarity', 'runtime');
  const found = await lstat(folder).catch(() => undefined);
  if (found === undefined) return 'no state yet';
  await assertOwn(cwd, folder);
  if (process.platform !== 'win32' && (found.mode & OTHERS) !== 0) {
    throw new CliError(`${folder} is readable by other users`, { hint: `chmod 700 ${folder}` });
  }
  return `${folder} is private to its owner`;
}

function lockOf(text: string): { readonly pid?: unknown; readonly url?: unknown } {
  try {
    return Object(JSON.parse(text)) as { readonly pid?: unknown; readonly url?: unknown };
  } catch {
    return {};
  }
}

/** Reports the process that the lock file of the workspace names. */
export async function lockDetail({ cwd }: CommandContext): Promise<string> {
  const path = join(runtimeFolder(cwd), 'daemon.lock');
  let text: string;
  try {
    text = Buffer.from(await ownFiles(cwd).read(path)).toString('utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'no daemon uses this workspace';
    throw error;
  }
  const { pid, url } = lockOf(text);
  if (typeof pid !== 'number')
    throw new CliError(`${path} is not a lock file of clarityd`, { hint: 'delete the file' });
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return `process ${String(pid)} has ended: the next daemon takes the lock over`;
  }
  return `process ${String(pid)} uses it${typeof url === 'string' ? ` and answers at ${url}` : ''}`;
}
