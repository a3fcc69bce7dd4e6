import { codeOf } from '../support/error-text.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { Command } from '../command-support/command.ts';
import { duration } from '../command-support/render.ts';
import { withProgress } from '../terminal/progress.ts';
import { stopDaemon } from '../command-support/stop-daemon.ts';
import { runServiceAction } from './service.ts';

export const daemon: Command = {
  syntax: 'daemon <action>',
  describe: '`daemon status` checks that a daemon answers, `daemon stop` ends the daemon of this machine',
  subject: 'status or stop; install and uninstall are those of `service`',
  flags: { 'dry-run': { type: 'switch', describe: 'install, uninstall: change nothing' } },
  run: async (given, session) => {
    const action = given.text('action') ?? '';
    if (action === 'status') return tellStatus(session);
    if (action === 'stop') return tellStop(session);
    if (action === 'install' || action === 'uninstall') return runServiceAction(action, given, session);
    throw usageError(
      `unknown action 'daemon ${action}'`,
      'use status or stop; start a daemon with `clarity-runtime up`',
    );
  },
};

export const down: Command = {
  syntax: 'down',
  describe: 'stop the daemon of this machine',
  run: (_given, session) => tellStop(session),
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
    else {
      output.line(`no daemon listens at ${api.daemonUrl.origin}`);
      output.advice('start it: `clarity-runtime up`');
    }
    return ExitCode.failed;
  }
}

async function tellStop({ api, output }: CommandContext): Promise<number> {
  const stopped = withProgress(output.progressTo, { what: 'stopping the daemon' }, stopDaemon(api));
  const pid = await stopped.catch((error: unknown) => {
    if (codeOf(error) !== 'ECONNREFUSED') throw error;
    throw new CliError(`no daemon listens at ${api.daemonUrl.origin}: there is nothing to stop`, {
      code: 'DAEMON_UNREACHABLE',
      cause: error,
    });
  });
  if (output.json) output.value({ stopped: true, pid });
  else output.line(`clarityd (pid ${String(pid)}) has ended`);
  return ExitCode.done;
}
