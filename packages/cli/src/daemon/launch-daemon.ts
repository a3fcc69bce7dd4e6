import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertOwn, makeOwnFolder } from '@clarity-runtime/adapter-store-fs';
import { exchange } from '../api/exchange.ts';
import { isLoopback } from '../api/loopback.ts';
import { CliError } from '../support/cli-error.ts';
import type { Environment } from '../support/process-context.ts';
import { withoutToken } from './hide-token.ts';
import { CLARITYD } from '../support/program-paths.ts';

export interface Launch {
  /** Address of the daemon. */
  readonly daemonUrl: URL;
  /** Workspace of the daemon. */
  readonly cwd: string;
  readonly env: Environment;
  readonly token?: string | undefined;
  /** Path of `clarityd`; default: that of this installation. */
  readonly program?: string;
}

export interface Launched {
  readonly pid: number;
  /** File for the output of the daemon. */
  readonly logPath: string;
}

/** Descriptor by which the daemon inherits its token. */
const TOKEN_FD = 3;
const READY_LIMIT_MS = 30_000;
const PAUSE_MS = 50;
const SHOWN_CHARACTERS = 2_000;

/**
 * Starts a detached daemon and resolves when it is ready. Rejects with a `CliError` that contains its output when it
 * exits.
 */
export async function launchDaemon({ daemonUrl, cwd, env, token, program = CLARITYD }: Launch): Promise<Launched> {
  const { protocol, hostname, port, pathname } = daemonUrl;
  if (protocol !== 'http:' || !isLoopback(daemonUrl) || pathname !== '/') {
    throw new CliError(`no daemon answers at ${daemonUrl.origin}, which is on another machine`, {
      hint: 'start clarityd there, or leave out --daemon-url (CLARITYD_URL)',
    });
  }
  const folder = join(cwd, '.clarity');
  await makeOwnFolder(cwd, folder);
  const logPath = join(folder, 'clarityd.log');
  await assertOwn(cwd, logPath);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const log = await open(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tokenFlag = token === undefined ? [] : [`--auth-token-fd=${String(TOKEN_FD)}`];
  const argv = [program, '--host', host, '--port', port === '' ? '80' : port, '--workspace', cwd, ...tokenFlag];
  const child = spawn(process.execPath, argv, {
    cwd,
    detached: true,
    stdio: ['ignore', log.fd, log.fd, ...(token === undefined ? [] : (['pipe'] as const))],
    // Services run as the same user: they can read the arguments and the environment of the daemon.
    env: withoutToken(env),
  });
  const secret = child.stdio[TOKEN_FD] as Socket | null | undefined;
  // A daemon that has ended does not read; its end is reported below.
  secret?.on('error', () => undefined);
  secret?.end(token ?? '');
  // The daemon outlives this process, which must not wait for it.
  secret?.unref();
  const over = new AbortController();
  child.once('error', () => {
    over.abort();
  });
  child.once('exit', () => {
    over.abort();
  });
  await log.close();
  const deadline = Date.now() + READY_LIMIT_MS;
  while (!(await isReady(daemonUrl))) {
    if (over.signal.aborted || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new CliError(`clarityd did not start:\n${await newest(logPath)}`, { hint: `see ${logPath}` });
    }
    await delay(PAUSE_MS);
  }
  child.unref();
  return { pid: child.pid ?? 0, logPath };
}

async function isReady(daemonUrl: URL): Promise<boolean> {
  const answer = await exchange(new URL('/readyz', daemonUrl), { method: 'GET' }).catch(() => undefined);
  return answer?.status === 200;
}

const newest = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8').catch(() => '')).trim().slice(-SHOWN_CHARACTERS);
