import { delimiter } from 'node:path';
import { ApiClient } from '../api/api-client.ts';
import { daemonOf, isListening } from '../api/find-daemon.ts';
import { userCredential } from '../api/user-credential.ts';
import { ParsedArgs } from '../arguments/command-grammar.ts';
import type { Command } from '../command-support/command.ts';
import type { CommandContext } from '../command-support/command-context.ts';
import { numberFlag } from '../command-support/flags.ts';
import { stopDaemon } from '../command-support/stop-daemon.ts';
import { prepareHome, type HomePrograms } from '../daemon/home-install.ts';
import { launchDaemon } from '../daemon/launch-daemon.ts';
import { portOwner } from '../daemon/port-owner.ts';
import { clientSettings } from '../settings/client-settings.ts';
import { homeFolder } from '../settings/home-folder.ts';
import { CliError, ExitCode } from '../support/cli-error.ts';
import { VERSION } from '../support/version.ts';
import { canOpenPage, openPage } from '../terminal/open-page.ts';
import { withProgress } from '../terminal/progress.ts';

const PORTS = [1, 65_535] as const;

/** Starts the daemon of the home, and offers the command that moves the servers of the user in. */
export const up = (commands: readonly Command[]): Command => ({
  syntax: 'up',
  describe: 'start the daemon in the background and open its page; does nothing if it runs',
  flags: {
    port: { type: 'text', alias: 'p', describe: 'port of the daemon', fallbackText: '4707' },
    'no-open': { type: 'switch', describe: 'do not open the page' },
    'no-import': { type: 'switch', describe: 'do not offer to import servers' },
    restart: { type: 'switch', describe: 'restart the daemon if it runs, for example with another version' },
  },
  run: async (given, session) => {
    const port = numberFlag(given, 'port', PORTS);
    const home = homeFolder(session.env);
    const programs = await prepareHome(home);
    const daemon = await runningDaemon(given, session, { home, programs, port });
    const page = `${daemon.url.origin}/status`;
    const opens = !given.has('no-open') && canOpenPage({ env: session.env, isTerminal: session.output.isTerminal });
    if (opens) openPage(page);
    print(session, { ...daemon, home, programs, page });
    if (given.has('no-import')) return ExitCode.done;
    const credential = () => userCredential(daemon.url, session.env);
    const api = new ApiClient({ daemonUrl: daemon.url, workspace: home, credential, ...tokenOf(session) });
    await offerImport(commands, { ...session, api });
    return ExitCode.done;
  },
});

interface Place {
  readonly home: string;
  readonly programs: HomePrograms;
  /** The port of the flag. */
  readonly port: number | undefined;
}

interface Running {
  readonly url: URL;
  readonly pid: number;
  readonly version: string;
  readonly isNew: boolean;
}

async function runningDaemon(given: ParsedArgs, session: CommandContext, place: Place): Promise<Running> {
  const { home, port } = place;
  const found = await daemonOf(home);
  if (found === undefined) return launch(session, place);
  const api = new ApiClient({ daemonUrl: found.url, workspace: home, ...tokenOf(session) });
  if (given.has('restart')) {
    await stopDaemon(api);
    return launch(session, { ...place, port: port ?? Number(found.url.port) });
  }
  const { runtime } = await api.status();
  if (runtime.version !== VERSION) {
    session.output.note(
      `note: the daemon has version ${runtime.version}, this is ${VERSION}: run \`clarity-runtime up --restart\``,
    );
  }
  if (port !== undefined && String(port) !== found.url.port) {
    throw new CliError(`the daemon runs already, at ${found.url.origin}`, {
      hint: `\`clarity-runtime up --restart --port ${String(port)}\` moves it`,
      exitCode: ExitCode.port,
    });
  }
  return { url: found.url, pid: runtime.pid, version: runtime.version, isNew: false };
}

async function launch(session: CommandContext, { home, programs, port }: Place): Promise<Running> {
  const { env, output, token } = session;
  const daemonUrl = new URL(clientSettings.daemonUrl.fallback);
  // The address of the lock: a daemon may be ready before its lock has one.
  daemonUrl.hostname = '127.0.0.1';
  if (port !== undefined) daemonUrl.port = String(port);
  if (await isListening(daemonUrl)) throw await portInUse(Number(daemonUrl.port));
  const launched = launchDaemon({ daemonUrl, cwd: home, env, token, program: programs.daemon });
  const { pid } = await withProgress(output.progressTo, { what: 'starting the daemon' }, launched);
  return { url: (await daemonOf(home))?.url ?? daemonUrl, pid, version: VERSION, isNew: true };
}

async function portInUse(port: number): Promise<CliError> {
  const owner = await portOwner(port);
  const by = owner === undefined ? 'another process' : `process ${String(owner.pid)} (${owner.name})`;
  return new CliError(`port ${String(port)} is used by ${by}`, {
    hint: `\`clarity-runtime up --port ${String(port + 1)}\``,
    exitCode: ExitCode.port,
    code: 'PORT_IN_USE',
  });
}

const tokenOf = ({ token }: CommandContext): { readonly token?: string } => (token === undefined ? {} : { token });

interface Shown extends Running, Omit<Place, 'port'> {
  readonly page: string;
}

function print({ output, env }: CommandContext, { url, pid, version, isNew, home, programs, page }: Shown): void {
  const endpoint = `${url.origin}/mcp`;
  if (output.json) {
    output.value({ started: isNew, pid, version, url: url.origin, page, endpoint, home });
    return;
  }
  output.line(`clarityd ${version} ${isNew ? 'started' : 'runs already'}, pid ${String(pid)}`, 'good');
  output.table(
    [],
    [
      ['page', page],
      ['endpoint', endpoint],
      ['files', home],
    ],
  );
  const isOnPath = (env['PATH'] ?? '').split(delimiter).includes(programs.bin);
  if (process.platform !== 'win32' && !isOnPath) {
    output.line(`to use clarityctl by its name: export PATH="${programs.bin}:$PATH"`);
  }
  output.advice('next: `clarityctl add <source or folder>`, `clarityctl list`, `clarity-runtime down`');
}

/** Asks at a terminal whether to import, otherwise names the commands. */
async function offerImport(commands: readonly Command[], session: CommandContext): Promise<void> {
  const { output, confirm } = session;
  const importer = commands.find(({ syntax }) => syntax.split(' ', 1)[0] === 'import');
  if (importer === undefined || output.json) return;
  if (confirm !== undefined && (await confirm('Import the MCP servers of your AI clients?'))) {
    await importer.run(new ParsedArgs({}), session);
    return;
  }
  output.advice('move the servers of your AI clients in: `clarityctl import --dry-run`, then `clarityctl import`');
}
