import { userCredential } from '../api/user-credential.ts';
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
import { isStructured, parseOutputFormat } from '../terminal/output-format.ts';
import { printProblem } from './print-problem.ts';
import { confirmAtTerminal } from '../terminal/confirm.ts';
import { secretInput } from '../terminal/secret-input.ts';
import { VERSION } from '../support/version.ts';

const flags = {
  ...settingFlags(clientSettings),
  'insecure-http': { type: 'switch', describe: 'send the token unencrypted to another machine' },
  json: { type: 'switch', describe: 'print JSON, as -o json' },
} as const;

const grammar = { name: 'clarityctl', version: VERSION, flags, commands, epilogue: variablesHelp(clientSettings) };

/** `clarityctl`: runs a command and returns its exit code. With JSON output an error is JSON on stderr too. */
export async function runCtl(surroundings: ProcessContext): Promise<number> {
  try {
    return await runCommand(surroundings);
  } catch (error) {
    return printProblem(error, surroundings, isJsonRequested(surroundings));
  }
}

async function runCommand(surroundings: ProcessContext): Promise<number> {
  const { argv, env, cwd, stdout, stderr, unread, commands: forms } = surroundings;
  const parsed = parseArguments<Command>(grammar, argv.length === 0 ? ['--help'] : argv);
  if (parsed.type === 'text') {
    if (parsed.text === '') throw usageError('a command is missing', 'see `clarityctl --help`');
    stdout.write(`${parsed.text}\n`);
    return ExitCode.done;
  }
  const { command, given } = parsed;
  const settings = resolveSettings(clientSettings, given.texts(), env);
  const { daemonUrl, authToken, output, color } = await withToken(settings, cwd);
  const token = authToken.value;
  const session: CommandContext = {
    api: new ApiClient({
      daemonUrl: daemonUrl.value,
      workspace: cwd,
      insecureHttp: given.has('insecure-http'),
      credential: () => userCredential(daemonUrl.value, env),
      ...(token === undefined ? {} : { token }),
    }),
    output: new Output({
      stdout,
      stderr,
      format: given.has('json') ? { kind: 'json' } : output.value,
      color: color.value === 'auto' ? undefined : color.value,
      env,
      commands: forms,
    }),
    cwd,
    env,
    secretInput: secretInput(process.stdin, process.stdin.isTTY && process.stderr.isTTY),
    ...(token === undefined ? {} : { token }),
    ...(unread === undefined ? {} : { unread }),
    ...(stdout.isTTY === true && process.stdin.isTTY ? { confirm: confirmAtTerminal } : {}),
  };
  return command.run(given, session);
}

/** Reads the format before the arguments are parsed, because the arguments may be the error. */
function isJsonRequested({ argv, env }: ProcessContext): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  if (words.includes('--json')) return true;
  const at = words.findLastIndex((word) => word === '-o' || word === '--output-format');
  const joined = words.findLast((word) => /^(--output-format=|-o.)/.test(word))?.replace(/^(--output-format=|-o=?)/, '');
  const format =
    parseOutputFormat(joined ?? (at < 0 ? '' : (words[at + 1] ?? ''))) ??
    parseOutputFormat(env['CLARITYCTL_OUTPUT'] ?? '');
  return format !== undefined && isStructured(format);
}
