import { join } from 'node:path';
import { ApiClient } from '../api/api-client.ts';
import { daemonOf } from '../api/find-daemon.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { stopDaemon } from '../command-support/stop-daemon.ts';
import {
  deleteOtherVersions,
  homeVersions,
  installVersion,
  isHomeProgram,
  useVersion,
} from '../daemon/home-versions.ts';
import { launchDaemon } from '../daemon/launch-daemon.ts';
import { homeFolder } from '../settings/home-folder.ts';
import { CliError, ExitCode } from '../support/cli-error.ts';
import { messageOf } from '../support/error-text.ts';
import { programPath } from '../support/program-paths.ts';
import { withProgress } from '../terminal/progress.ts';

/** Replaces the version of the home. */
export const upgrade: Command = {
  syntax: 'upgrade [release]',
  describe: 'install another version of Clarity Runtime for the daemon of the home, and restart it',
  subject: 'version, tag, or file of `npm pack` (latest if absent)',
  flags: { rollback: { type: 'switch', describe: 'go back to the version before' } },
  run: async (given, session) => {
    const home = homeFolder(session.env);
    const { current, previous } = await homeVersions(home);
    if (current === undefined && !isHomeProgram(home, programPath('clarity-runtime'))) {
      throw new CliError('this copy was not installed by `clarity-runtime up`, so that it does not upgrade itself', {
        hint: 'run `npm install -g clarity-runtime@latest`, then `clarity-runtime up --restart`',
        code: 'NOT_OF_HOME',
      });
    }
    const next = await chosenVersion(given, session, { home, previous });
    if (next === current) return tell(session, { from: current, to: next, restarted: false });
    const program = await useVersion(home, { current: next, previous: current });
    const found = await daemonOf(home);
    const restarted = await restart(session, { home, program, url: found?.url }).catch(async (error: unknown) => {
      if (current === undefined) throw error;
      await restart(session, { home, program: await useVersion(home, { current, previous }), url: found?.url });
      throw new CliError(`version ${next} did not start, version ${current} runs again: ${messageOf(error)}`, {
        hint: 'report it with the log of the daemon: `clarity-runtime logs`',
        code: 'UPGRADE_FAILED',
        cause: error,
      });
    });
    await deleteOtherVersions(home);
    return tell(session, { from: current, to: next, restarted });
  },
};

async function chosenVersion(
  given: ParsedArgs,
  { env, output }: CommandContext,
  { home, previous }: { readonly home: string; readonly previous: string | undefined },
): Promise<string> {
  if (!given.has('rollback')) {
    const spec = given.text('release') ?? 'latest';
    return withProgress(output.progressTo, { what: `installing ${spec}` }, installVersion(home, spec, env));
  }
  if (previous !== undefined) return previous;
  throw new CliError(`${join(home, 'app')} has no earlier version to go back to`, { code: 'NO_PREVIOUS_VERSION' });
}

/** Ends the daemon of the home and starts the program at its address. Starts nothing if none ran. */
async function restart(
  { env, token, output }: CommandContext,
  { home, program, url }: { readonly home: string; readonly program: string; readonly url: URL | undefined },
): Promise<boolean> {
  if (url === undefined) return false;
  if ((await daemonOf(home)) !== undefined) {
    const access = token === undefined ? {} : { token };
    await stopDaemon(new ApiClient({ daemonUrl: url, workspace: home, ...access }));
  }
  const launched = launchDaemon({ daemonUrl: url, cwd: home, env, token, program });
  await withProgress(output.progressTo, { what: 'starting the daemon' }, launched);
  return true;
}

function tell(
  { output }: CommandContext,
  { from, to, restarted }: { readonly from: string | undefined; readonly to: string; readonly restarted: boolean },
): number {
  if (output.json) output.value({ ok: true, from, to, restarted });
  else if (from === to) output.line(`version ${to} is in use already`);
  else {
    output.line(`version ${to} is in use${restarted ? ', and the daemon runs again' : ''}`, 'good');
    if (from !== undefined) output.advice(`back to ${from}: \`clarity-runtime upgrade --rollback\``);
  }
  return ExitCode.done;
}
