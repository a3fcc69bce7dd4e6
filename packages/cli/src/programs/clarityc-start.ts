import { join, dirname } from 'node:path';
import { ApiClient } from '../api/api-client.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import { findSource } from '@clarity-runtime/adapter-toolchain';
import { readProject, type Project } from '../settings/project-file.ts';
import { sourceAddFlags } from '../commands/add.ts';
import { runCtl } from './clarityctl-program.ts';
import { launchDaemon } from '../daemon/launch-daemon.ts';
import { TRUST_HINT, trustLines } from '../command-support/trust-lines.ts';
import { CliError } from '../support/cli-error.ts';
import { codeOf } from '../support/error-text.ts';
import type { ProcessContext } from '../support/process-context.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { settingFlags } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { withToken } from '../settings/token-source.ts';
import { escapeForTerminal } from '../terminal/escape.ts';

const passedOn = { ...settingFlags(clientSettings), ...sourceAddFlags } as const;
const flags = {
  ...passedOn,
  'no-daemon': { type: 'switch', describe: 'fail instead of starting a daemon' },
} as const;

const common = {
  describe: 'compile, register and start a source; starts a daemon if necessary',
  subject: 'Clarity source, or folder with one; default: the current folder',
  flags,
};

/** Runs `clarityctl add` for a source with the settings of its `clarity.json`, and starts a daemon if necessary. */
export const startCommand = { syntax: 'start [file]', ...common, run: start };
export const runCommand = { syntax: 'run [file]', ...common, describe: 'alias of `start`', run: start };

/** Prints what would run and fails if the workspace of the daemon is not trusted. */
async function assertTrustedDaemon({ stderr, cwd }: ProcessContext, daemonUrl: URL, token?: string): Promise<void> {
  const api = new ApiClient({ daemonUrl, workspace: cwd, ...(token === undefined ? {} : { token }) });
  const report = await api.trustReport();
  if (report.trusted) return;
  for (const line of trustLines(report)) stderr.write(`${escapeForTerminal(line)}\n`);
  throw new CliError('the workspace is not trusted; nothing was registered', { hint: TRUST_HINT });
}

async function start(given: ParsedArgs, surroundings: ProcessContext): Promise<number> {
  const { cwd } = surroundings;
  const { path } = await findSource(cwd, given.text('file') ?? '.');
  const project = await readProject(path);
  const { daemonUrl, authToken } = await withToken(
    resolveSettings(clientSettings, given.texts(), surroundings.env),
    cwd,
  );
  if (!given.has('no-daemon')) await ensureDaemon(surroundings, daemonUrl.value, authToken.value);
  await assertTrustedDaemon(surroundings, daemonUrl.value, authToken.value);
  const own = Object.entries(passedOn).flatMap(([name, { type }]) => {
    const text = type === 'text' ? given.text(name) : undefined;
    if (text !== undefined) return [`--${name}=${text}`];
    return given.has(name) ? [`--${name}`] : [];
  });
  const exitCode = await runCtl({
    ...surroundings,
    argv: ['add', path, ...own, ...projectFlags(given, project, path)],
  });
  if (exitCode === 0 && surroundings.stdout.isTTY === true) tellClients(surroundings, daemonUrl.value);
  return exitCode;
}

/** A flag overrides the project file. */
const projectFlags = (given: ParsedArgs, { wasm, ...project }: Project, path: string): readonly string[] =>
  Object.entries({ ...project, ...(wasm === undefined ? {} : { wasm: join(dirname(path), wasm) }) }).flatMap(
    ([name, text]) => (text !== undefined && given.text(name) === undefined ? [`--${name}=${text}`] : []),
  );

async function ensureDaemon(
  { cwd, env, stderr }: ProcessContext,
  daemonUrl: URL,
  token: string | undefined,
): Promise<void> {
  try {
    await new ApiClient({ daemonUrl, workspace: cwd, ...(token === undefined ? {} : { token }) }).status();
  } catch (error) {
    if (codeOf(error) !== 'ECONNREFUSED') throw error;
    const { pid, logPath } = await launchDaemon({ daemonUrl, cwd, env, token });
    const at = `clarityd was started at ${daemonUrl.origin} (pid ${String(pid)}, log ${escapeForTerminal(logPath)})`;
    stderr.write(`${at}; stop it with \`clarityctl daemon stop\`\n`);
  }
}

function tellClients({ stdout }: ProcessContext, { origin }: URL): void {
  stdout.write(
    [
      'connect a client:',
      `  Claude Code  claude mcp add --transport http clarity ${origin}/mcp`,
      `  Codex        codex mcp add clarity --url ${origin}/mcp`,
      '  others       clarityctl gateway serve --stdio',
      '',
    ].join('\n'),
  );
}
