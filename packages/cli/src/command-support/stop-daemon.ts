import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../api/api-client.ts';
import { isLoopback } from '../api/loopback.ts';
import { CliError } from '../support/cli-error.ts';
import { codeOf } from '../support/error-text.ts';

const STOP_LIMIT_MS = 15_000;
const PAUSE_MS = 50;

/** Ends the daemon and resolves with its pid when its process is gone. */
export async function stopDaemon(api: ApiClient): Promise<number> {
  if (!isLoopback(api.daemonUrl)) throw new CliError('the daemon is on another machine');
  const { pid } = (await api.status()).runtime;
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (signal(pid, 0)) {
    if (Date.now() > deadline)
      throw new CliError(`process ${String(pid)} is still running`, { hint: 'see the log of the daemon' });
    await delay(PAUSE_MS);
  }
  return pid;
}

/** Returns whether the process exists. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    throw new CliError(`process ${String(pid)} belongs to another user`, { cause: error });
  }
}
