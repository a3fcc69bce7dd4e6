import { resolve } from 'node:path';
import { systemCaller } from '@clarity-runtime/core/internal';
import type { CommandGrammar } from '../arguments/command-grammar.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { assertComposable, compose, type Composition } from '../composition/compose.ts';
import { messageOf, stackOf } from '../support/error-text.ts';
import type { Environment, ProcessContext } from '../support/process-context.ts';
import { ExitCode } from '../support/cli-error.ts';
import { daemonSettings, type DaemonSettings } from '../settings/daemon-settings.ts';
import { settingFlags, variablesHelp } from '../settings/setting-flags.ts';
import { resolveSettings } from '../settings/setting.ts';
import { isSharedFile, withToken } from '../settings/token-source.ts';
import { escapeForTerminal } from '../terminal/escape.ts';
import { VERSION } from '../support/version.ts';
import { confirmAtTerminal } from '../terminal/confirm.ts';
import { exposedNames, replaceProcess, type Execve } from './hide-token.ts';
import { watchNetwork } from './network-watch.ts';
import { settleTrust } from './trust-gate.ts';
import { endingSignal } from './signals.ts';
import { startError } from './start-problem.ts';
import { startWarnings } from './warnings.ts';
import { findWorkspace } from './workspace.ts';

const program: CommandGrammar = { syntax: '$0', describe: 'the control plane for MCP services' };
const grammar = {
  name: 'clarityd',
  version: VERSION,
  flags: {
    ...settingFlags(daemonSettings),
    'trust-workspace': { type: 'switch', describe: 'trust the workspace without a question, for containers and CI' },
  } as const,
  commands: [program],
  epilogue: `${variablesHelp(daemonSettings)}\n\nExit codes: 0 stopped, 2 bad setting, 3 unusable store, 4 port or workspace taken.`,
};

const STOP_LIMIT_MS = 5_000;
/** Time for the last audit events to reach their destinations; the next start sends the others. */
const AUDIT_GRACE_MS = 1_000;

/** The process of the daemon. */
export interface DaemonContext extends ProcessContext {
  /** Replaces this process; absent where Node cannot. */
  readonly execve?: Execve | undefined;
}

/** `clarityd`: runs the daemon until a signal ends it, and resolves to the exit code. */
export async function runDaemon({ argv, env, cwd, stdout, stderr, execve }: DaemonContext): Promise<number> {
  const parsed = parseArguments(grammar, argv);
  if (parsed.type === 'text') {
    stdout.write(`${parsed.text}\n`);
    return ExitCode.done;
  }
  const log = (line: string): void => {
    stderr.write(`${escapeForTerminal(line)}\n`);
  };
  const settings = await withToken(resolveSettings(daemonSettings, parsed.given.texts(), env), cwd);
  const exposed = exposedNames(argv, env);
  const token = settings.authToken.value;
  if (exposed.length > 0 && execve !== undefined && token !== undefined) {
    const command = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
    await replaceProcess({ command, argv, env, token, execve });
  }
  const wanted = { host: settings.host.value, port: settings.port.value };
  const ending = endingSignal({ source: process, exit: (code) => process.exit(code) });
  process.on('uncaughtException', (error: unknown) => {
    log(`uncaught error, the daemon continues: ${stackOf(error)}`);
  });
  try {
    assertComposable(settings);
    const workspace = await findWorkspace(cwd, settings.workspace.value);
    for (const warning of await allWarnings(settings, exposed, cwd)) log(`warning: ${warning}`);
    const isAllowed = parsed.given.has('trust-workspace') || settings.trustWorkspace.value.open;
    const say = (line: string): unknown => stdout.write(`${line}\n`);
    const canAsk = stderr.isTTY === true && process.stdin.isTTY;
    return await serve({ settings, workspace, env, log, ending, say, isAllowed, canAsk });
  } catch (error) {
    throw startError(error, wanted);
  }
}

async function allWarnings(
  settings: DaemonSettings,
  exposed: readonly string[],
  cwd: string,
): Promise<readonly string[]> {
  const { value: file } = settings.authTokenFile;
  const isShared = file !== undefined && (await isSharedFile(resolve(cwd, file)));
  const shared = isShared ? [`other users can read the token file: run chmod 600 ${file}`] : [];
  return [...startWarnings(settings, exposed), ...shared];
}

interface Serving {
  readonly settings: DaemonSettings;
  readonly workspace: string;
  readonly env: Environment;
  readonly log: (line: string) => void;
  readonly say: (line: string) => void;
  readonly ending: Promise<string>;
  /** The settings trust the workspace. */
  readonly isAllowed: boolean;
  /** The user can be asked at the terminal. */
  readonly canAsk: boolean;
}

async function serve(serving: Serving): Promise<number> {
  const { settings, workspace, env, log, say, ending, isAllowed, canAsk } = serving;
  let ready = false;
  const daemon = await compose({ settings, workspace, env, log, ready: () => ready });
  try {
    const { url } = await daemon.server.listen();
    await daemon.announce(url);
    process.on('SIGHUP', daemon.audits.reopen);
    if (!settings.tlsChecked.value) await recordTls(daemon);
    say(`clarityd listening on ${url}`);
    say(`status page: ${url}/status`);
    say(
      settings.authToken.value === undefined
        ? 'auth: loopback-only (set CLARITYD_AUTH_TOKEN to allow secured non-loopback access)'
        : 'auth: token required (use Authorization: Bearer <token> or x-clarity-token)',
    );
    const over = new AbortController();
    const asked = settleTrust({
      trust: daemon.runtime.trust,
      isTrusted: daemon.isTrusted(),
      isAllowed,
      unkept: daemon.unkeptTrust(),
      log,
      confirm: canAsk ? (question) => confirmAtTerminal(question, over.signal) : undefined,
    }).catch((error: unknown) => {
      log(`the workspace was not trusted: ${messageOf(error)}`);
    });
    // The services of a workspace that the settings trust are started before the daemon is ready.
    if (isAllowed) await asked;
    const own = daemon.runtime.autostart().catch((error: unknown) => {
      log(`some services did not start: ${messageOf(error)}`);
    });
    const started = Promise.all([own, daemon.tenants.autostart(isAllowed)]);
    void started.then(() => {
      ready = true;
    });
    watchNetwork(over.signal, {
      onChange: (reason) => {
        log(`${reason}: services that wait for their next start are started now`);
        void daemon.runtime.retryWaiting();
        void daemon.tenants.retryWaiting();
      },
    });
    await ending;
    over.abort();
    await asked;
  } finally {
    await stop(daemon, log);
  }
  return ExitCode.done;
}

/** Records the warning in the audit log too, because the output of a long-running daemon is rarely read. */
async function recordTls({ runtime }: Composition): Promise<void> {
  await runtime.audit.record({
    kind: 'security.warned',
    level: 'warn',
    message: 'NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates of upstreams are always verified',
    caller: systemCaller,
  });
}

/** Cuts off services that do not stop in time. */
async function stop({ server, runtime, tenants, audits }: Composition, log: (line: string) => void): Promise<void> {
  const cut = setTimeout(() => {
    log('some services did not stop in time and were cut off');
    process.exit(ExitCode.failed);
  }, STOP_LIMIT_MS);
  try {
    await server.close();
    await audits.close(AUDIT_GRACE_MS);
    await tenants.close();
    await runtime.close();
  } finally {
    clearTimeout(cut);
  }
}
