import { spawn } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import { ApiClient } from '../api/api-client.ts';
import { daemonOf } from '../api/find-daemon.ts';
import type { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { numberFlag } from '../command-support/flags.ts';
import { stopDaemon } from '../command-support/stop-daemon.ts';
import { prepareHome } from '../daemon/home-install.ts';
import { loginServicePlan, type LoginServicePlan } from '../daemon/login-service.ts';
import { homeFolder, userFolder } from '../settings/home-folder.ts';
import { programPath } from '../support/program-paths.ts';
import { CliError, ExitCode, usageError } from '../support/cli-error.ts';
import { codeOf } from '../support/error-text.ts';

const PORTS = [1, 65_535] as const;
const DEFAULT_PORT = 4707;
const MAX_OUTPUT_CHARACTERS = 4_000;

/** `clarityctl service <action>`: starts the daemon of the home at each login of the user. */
export const service: Command = {
  syntax: 'service <action>',
  describe: 'start the daemon at login: install, uninstall or status of the login service',
  subject: 'install, uninstall or status',
  flags: {
    'dry-run': { type: 'switch', describe: 'print the file and the commands, and change nothing' },
    port: { type: 'text', alias: 'p', describe: 'port of the daemon', fallbackText: String(DEFAULT_PORT) },
  },
  run: (given, session) => runServiceAction(given.text('action') ?? '', given, session),
};

/** Runs one action; `daemon` has them as aliases. */
export async function runServiceAction(action: string, given: ParsedArgs, session: CommandContext): Promise<number> {
  if (action === 'install') return install(given, session);
  if (action === 'uninstall') return uninstall(given, session);
  if (action === 'status') return showStatus(session);
  throw usageError(`unknown action 'service ${action}'`, 'use install, uninstall or status');
}

async function install(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output } = session;
  const isTrial = given.has('dry-run');
  const daemon = isTrial
    ? programPath('clarityd')
    : (await prepareHome(homeFolder(session.env), programPath('clarity-runtime'))).daemon;
  const plan = planOf(session, numberFlag(given, 'port', PORTS) ?? DEFAULT_PORT, daemon);
  if (isTrial) return showPlan(session, plan, plan.enable);
  if (plan.file !== undefined) await writeWhole(plan.file);
  await stopRunning(session);
  for (const command of plan.enable) await run(command, session);
  if (output.json) output.value({ installed: true, kind: plan.kind, file: plan.file?.path });
  else {
    output.line(
      `the daemon starts at login (${plan.kind})${plan.file === undefined ? '' : `: ${plan.file.path}`}`,
      'good',
    );
    if (plan.note !== undefined) output.line(`note: ${plan.note}`);
    output.advice('see `clarityctl service status`, undo with `clarityctl service uninstall`');
  }
  return ExitCode.done;
}

/** Ends a daemon that `up` has started: the login service starts its own for the same workspace. */
async function stopRunning({ env, token, output }: CommandContext): Promise<void> {
  const home = homeFolder(env);
  const found = await daemonOf(home);
  if (found === undefined) return;
  await stopDaemon(new ApiClient({ daemonUrl: found.url, workspace: home, ...(token === undefined ? {} : { token }) }));
  output.note('note: the running daemon was stopped; the login service starts it again');
}

async function uninstall(given: ParsedArgs, session: CommandContext): Promise<number> {
  const { output } = session;
  const plan = planOf(session, DEFAULT_PORT, programPath('clarityd'));
  if (given.has('dry-run')) return showPlan(session, plan, plan.disable);
  if (!(await isInstalled(plan))) throw new CliError('the login service is not installed', { code: 'NOT_INSTALLED' });
  await disable(plan, session);
  if (output.json) output.value({ installed: false, kind: plan.kind, file: plan.file?.path });
  else output.line(`the login service was removed (${plan.kind}); the files of the daemon stay`);
  return ExitCode.done;
}

/** A system without a file of its own for the service always has it. */
const isInstalled = async ({ file }: LoginServicePlan): Promise<boolean> =>
  file === undefined || (await readFile(file.path).catch(() => undefined)) !== undefined;

async function disable(plan: LoginServicePlan, session: CommandContext): Promise<void> {
  for (const command of plan.disable) await run(command, session);
  if (plan.file !== undefined) await rm(plan.file.path, { force: true });
}

/** Removes the login service if its file is there. Returns the path of the file. */
export async function removeLoginService(session: CommandContext): Promise<string | undefined> {
  const plan = planOf(session, DEFAULT_PORT, programPath('clarityd'));
  if (plan.file === undefined || !(await isInstalled(plan))) return undefined;
  await disable(plan, session);
  return plan.file.path;
}

/** Exits with 1 when the service does not run, for scripts. */
async function showStatus(session: CommandContext): Promise<number> {
  const { output } = session;
  const plan = planOf(session, DEFAULT_PORT, programPath('clarityd'));
  const installed = await isInstalled(plan);
  const { exitCode, text } = await outcomeOf(plan.query, session).catch(() => ({ exitCode: 1, text: '' }));
  const running = exitCode === 0;
  const file = plan.file?.path;
  if (output.json) output.value({ installed, running, kind: plan.kind, file });
  else {
    const state = text.split('\n', 1)[0]?.trim() ?? '';
    output.line(
      `${installed ? 'installed' : 'not installed'} (${plan.kind}${file === undefined ? '' : `, ${file}`}): ${running ? 'active' : state || 'inactive'}`,
      running ? 'good' : 'plain',
    );
  }
  return running ? ExitCode.done : ExitCode.failed;
}

function planOf({ env }: CommandContext, port: number, daemon: string): LoginServicePlan {
  const configHome = env['XDG_CONFIG_HOME'];
  return loginServicePlan(
    { node: process.execPath, daemon, home: homeFolder(env), port, path: env['PATH'] ?? '' },
    {
      platform: process.platform,
      user: userFolder(env),
      uid: process.getuid?.() ?? 0,
      configHome: configHome !== undefined && isAbsolute(configHome) ? configHome : undefined,
    },
  );
}

function showPlan(
  { output }: CommandContext,
  plan: LoginServicePlan,
  commands: readonly (readonly string[])[],
): number {
  const { kind, file } = plan;
  if (output.json) output.value({ kind, file, commands });
  else {
    if (file !== undefined) {
      output.line(`would write ${file.path}:`);
      for (const line of file.text.trimEnd().split('\n')) output.line(line === '' ? '' : `  ${line}`);
    }
    for (const command of commands) output.line(`would run: ${command.join(' ')}`);
  }
  return ExitCode.done;
}

async function writeWhole({ path, text }: { readonly path: string; readonly text: string }): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.tmp`;
  await rm(partial, { force: true });
  await writeFile(partial, text, { mode: 0o600, flag: 'wx' });
  await rename(partial, path);
}

async function run(command: readonly string[], session: CommandContext): Promise<void> {
  const { exitCode, text } = await outcomeOf(command, session);
  if (exitCode === 0) return;
  throw new CliError(
    `\`${command.join(' ')}\` failed with exit code ${String(exitCode)}: ${text.trim() || 'no output'}`,
    {
      hint: 'start the daemon in the background instead: `clarity-runtime up`',
    },
  );
}

interface Outcome {
  readonly exitCode: number;
  readonly text: string;
}

function outcomeOf([program = '', ...args]: readonly string[], { env }: CommandContext): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (more: string) => {
        text = (text + more).slice(0, MAX_OUTPUT_CHARACTERS);
      });
    }
    child.on('error', (error) => {
      const isMissing = codeOf(error) === 'ENOENT';
      reject(
        new CliError(
          isMissing ? `this system does not have ${program}` : `${program} did not start: ${error.message}`,
          {
            hint: 'start the daemon in the background instead: `clarity-runtime up`',
          },
        ),
      );
    });
    child.on('close', (code) => {
      resolve({ exitCode: code ?? 1, text });
    });
  });
}
