import { setTimeout as delay } from 'node:timers/promises';
import { isLoopback } from '../api/loopback.ts';
import { codeOf } from '../support/error-text.ts';
import { ExitCode, CliError, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { duration } from '../command-support/render.ts';

const STOP_LIMIT_MS = 15_000;
const PAUSE_MS = 50;

export const daemon: Command = {
  syntax: 'daemon <action>',
  describe: '`daemon status` checks that a daemon answers, `daemon stop` ends the daemon of this machine',
  subject: 'status or stop',
  run: async (given, session) => {
    const action = given.text('action') ?? '';
    if (action === 'status') return tellStatus(session);
    if (action === 'stop') return stopDaemon(session);
    throw usageError(`unknown action 'daemon ${action}'`, 'use status or stop; start a daemon with `clarityd`');
  },
};

/** Exits with 1 when no daemon answers, for scripts. */
async function tellStatus({ api, output }: CommandContext): Promise<number> {
  try {
    const { runtime } = await api.status();
    const { pid, version, uptimeSeconds } = runtime;
    if (output.json) output.value({ running: true, url: api.daemonUrl.origin, pid, version, uptimeSeconds });
    else
      output.line(
        `clarityd ${version} answers at ${api.daemonUrl.origin}, pid ${String(pid)}, up ${duration(uptimeSeconds)}`,
      );
    return ExitCode.done;
  } catch (error) {
    if (codeOf(error) !== 'ECONNREFUSED') throw error;
    if (output.json) output.value({ running: false, url: api.daemonUrl.origin });
    else output.line(`no daemon listens at ${api.daemonUrl.origin}`);
    return ExitCode.failed;
  }
}

async function stopDaemon({ api, output }: CommandContext): Promise<number> {
  if (!isLoopback(api.daemonUrl)) throw new CliError('the daemon is on another machine');
  const { pid } = (await api.status()).runtime;
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_LIMIT_MS;
  while (signal(pid, 0)) {
    if (Date.now() > deadline)
      throw new CliError(`process ${String(pid)} is still running`, { hint: 'see the log of the daemon' });
    await delay(PAUSE_MS);
  }
  if (output.json) output.value({ stopped: true, pid });
  else output.line(`clarityd (pid ${String(pid)}) has ended`);
  return ExitCode.done;
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
