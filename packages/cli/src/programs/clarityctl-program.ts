import { userCredential } from '../api/user-credential.ts';
import { ApiClient } from '../api/api-client.ts';
import { findDaemon, type LocalDaemon } from '../api/find-daemon.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { commandGuide } from '../commands/command-guide.ts';
import { commands } from '../commands/command-table.ts';
import type { Grammar } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import type { ProcessContext } from '../support/process-context.ts';
import { usageError, ExitCode } from '../support/cli-error.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { homeFolder, userFolder } from '../settings/home-folder.ts';
import { settingFlags, variablesHelp } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { withToken } from '../settings/token-source.ts';
import { Output } from '../terminal/output.ts';
import { isStructured, parseOutputFormat } from '../terminal/output-format.ts';
import { printProblem } from './print-problem.ts';
import { confirmAtTerminal } from '../terminal/confirm.ts';
import { askLine } from '../terminal/line-input.ts';
import { secretInput } from '../terminal/secret-input.ts';
import { VERSION } from '../support/version.ts';

const flags = {
  ...settingFlags(clientSettings),
  'insecure-http': { type: 'switch', describe: 'send the token unencrypted to another machine' },
  json: { type: 'switch', describe: 'print JSON, as -o json' },
} as const;

const grammar = (name: string): Grammar<Command> => ({
  name,
  version: VERSION,
  flags,
  commands,
  epilogue: variablesHelp(clientSettings),
  guide: commandGuide,
});

/** `clarityctl`: runs a command and returns its exit code. With JSON output an error is JSON on stderr too. */
export async function runCtl(surroundings: ProcessContext, name = 'clarityctl'): Promise<number> {
  try {
    return await runCommand(surroundings, name);
  } catch (error) {
    return printProblem(error, surroundings, isJsonRequested(surroundings));
  }
}

async function runCommand(surroundings: ProcessContext, name: string): Promise<number> {
  const { argv, env, cwd, stdout, stderr, unread, commands: forms } = surroundings;
  const parsed = parseArguments<Command>(grammar(name), argv.length === 0 ? ['--help'] : toolHelp(argv));
  if (parsed.type === 'text') {
    if (parsed.text === '') throw usageError('a command is missing', `see \`${name} --help\``);
    stdout.write(`${parsed.text}\n`);
    return ExitCode.done;
  }
  const { command, given } = parsed;
  const settings = resolveSettings(clientSettings, given.texts(), env);
  const { daemonUrl, authToken, tenant, output, color } = await withToken(settings, cwd);
  const token = authToken.value;
  const found = daemonUrl.source === 'default' ? await localDaemon(daemonUrl.value, surroundings) : undefined;
  const session: CommandContext = {
    api: new ApiClient({
      daemonUrl: found?.url ?? daemonUrl.value,
      workspace: found?.workspace ?? cwd,
      insecureHttp: given.has('insecure-http'),
      credential: () => userCredential(found?.url ?? daemonUrl.value, env),
      ...(token === undefined ? {} : { token }),
      ...(tenant.value === undefined ? {} : { tenant: tenant.value }),
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
    ...(found === undefined ? {} : { workspace: found.workspace }),
    ...(unread === undefined ? {} : { unread }),
    ...(stdout.isTTY === true && process.stdin.isTTY ? { confirm: confirmAtTerminal, askLine } : {}),
  };
  return command.run(given, session);
}

/** The help of `call` with a tool is that of the tool. */
function toolHelp(argv: readonly string[]): readonly string[] {
  const [command, tool] = argv;
  if (command !== 'call' || tool === undefined || tool.startsWith('-')) return argv;
  return argv.map((word) => (word === '--help' || word === '-h' ? '--schema' : word));
}

/** Finds the daemon of the folder or of the home when no address was given. */
function localDaemon(fallback: URL, { env, cwd }: ProcessContext): Promise<LocalDaemon | undefined> {
  return findDaemon({ cwd, home: homeFolder(env), userFolder: userFolder(env), fallback });
}

/** Reads the format before the arguments are parsed, because the arguments may be the error. */
function isJsonRequested({ argv, env }: ProcessContext): boolean {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  if (words.includes('--json')) return true;
  const at = words.findLastIndex((word) => word === '-o' || word === '--output-format');
  const joined = words
    .findLast((word) => /^(--output-format=|-o.)/.test(word))
    ?.replace(/^(--output-format=|-o=?)/, '');
  const format =
    parseOutputFormat(joined ?? (at < 0 ? '' : (words[at + 1] ?? ''))) ??
    parseOutputFormat(env['CLARITYCTL_OUTPUT'] ?? '');
  return format !== undefined && isStructured(format);
}
