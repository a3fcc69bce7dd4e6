import { setTimeout as delay } from 'node:timers/promises';
import { daemonOf, isListening } from '../api/find-daemon.ts';
import { clientSettings } from '../settings/client-settings.ts';
import type { Environment } from '../support/process-context.ts';
import { prepareHome } from './home-install.ts';
import { launchDaemon } from './launch-daemon.ts';

const WINNER_LIMIT_MS = 30_000;
const PAUSE_MS = 100;

/** Where and as whom the daemon of the home starts. */
export interface HomeDaemonOptions {
  readonly home: string;
  readonly env: Environment;
  readonly token?: string | undefined;
  /** Port of the daemon, if none runs; the default port if absent. */
  readonly port?: number;
}

/**
 * Returns the address of the daemon of the home, and starts it if none runs. Of several processes at the same time one starts
 * it: the lock of the workspace decides, and the others wait for the winner.
 * @throws CliError with the output of the daemon when it does not start.
 */
export async function homeDaemonUrl({ home, env, token, port }: HomeDaemonOptions): Promise<URL> {
  const running = await daemonOf(home);
  if (running !== undefined) return running.url;
  const daemonUrl = new URL(clientSettings.daemonUrl.fallback);
  // The address of the lock: a daemon may be ready before its lock has one.
  daemonUrl.hostname = '127.0.0.1';
  if (port !== undefined) daemonUrl.port = String(port);
  const programs = await prepareHome(home);
  try {
    await launchDaemon({ daemonUrl, cwd: home, env, token, program: programs.daemon });
  } catch (error) {
    const winner = await winnerOf(home);
    if (winner === undefined) throw error;
    return winner;
  }
  return (await daemonOf(home))?.url ?? daemonUrl;
}

/** Waits for the daemon that another process has started for the home. */
async function winnerOf(home: string): Promise<URL | undefined> {
  const deadline = Date.now() + WINNER_LIMIT_MS;
  for (;;) {
    const found = await daemonOf(home);
    if (found !== undefined && (await isListening(found.url))) return found.url;
    // A lock without an address is that of a daemon that still starts.
    if (found === undefined && Date.now() > deadline - WINNER_LIMIT_MS / 2) return undefined;
    if (Date.now() > deadline) return undefined;
    await delay(PAUSE_MS);
  }
}
