import { ApiClient } from '../api/api-client.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { commands } from '../commands/command-table.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { ProcessContext } from '../support/process-context.ts';
import { usageError, ExitCode } from '../support/cli-error.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { settingFlags, variablesHelp } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { withToken } from '../settings/token-source.ts';
import { Output } from '../terminal/output.ts';
import { confirmAtTerminal } from '../terminal/confirm.ts';
import { secretInput } from '../terminal/secret-input.ts';
import { VERSION } from '../support/version.ts';

const flags = {
  ...settingFlags(clientSettings),
  'insecure-http': { type: 'switch', describe: 'send the token unencrypted to another machine' },
  json: { type: 'switch', describe: 'print JSON on a terminal too' },
} as const;

const grammar = { name: 'clarityctl', version: VERSION, flags, commands, epilogue: variablesHelp(clientSettings) };

/** `clarityctl`: runs a command and returns its exit code. */
export async function runCtl(surroundings: ProcessContext): Promise<number> {
  const { argv, env, cwd, stdout, stderr, unread } = surroundings;
  const parsed = parseArguments<Command>(grammar, argv.length === 0 ? ['--help'] : argv);
  if (parsed.type === 'text') {
    if (parsed.text === '') throw usageError('a command is missing', 'see `clarityctl --help`');
    stdout.write(`${parsed.text}\n`);
    return ExitCode.done;
  }
  const { command, given } = parsed;
  const { daemonUrl, authToken } = await withToken(resolveSettings(clientSettings, given.texts(), env), cwd);
  const token = authToken.value;
  const session: CommandContext = {
    api: new ApiClient({
      daemonUrl: daemonUrl.value,
      workspace: cwd,
      insecureHttp: given.has('insecure-http'),
      ...(token === undefined ? {} : { token }),
    }),
    output: new Output({ stdout, stderr, json: given.has('json'), env }),
    cwd,
    env,
    secretInput: secretInput(process.stdin, process.stdin.isTTY && process.stderr.isTTY),
    ...(token === undefined ? {} : { token }),
    ...(unread === undefined ? {} : { unread }),
    ...(stdout.isTTY === true && process.stdin.isTTY ? { confirm: confirmAtTerminal } : {}),
  };
  return command.run(given, session);
}
