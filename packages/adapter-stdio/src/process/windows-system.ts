import { execFile, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { win32 } from 'node:path';
import { batchArguments } from './batch-command.ts';
import { endOf, spawned } from './child-end.ts';
import { findWindowsCommand } from './find-command.ts';
import type { ChildSpec, GuardedChild, ProcessSystem } from './process-system.ts';

/**
 * A Node.js program between the daemon and the child, with an IPC channel to the daemon. It starts the child on its own standard
 * streams, and ends the tree of the child when the channel closes: Windows ends no child with its parent, and job objects need
 * native code. The command line arrives in a message, so that it has no second copy in a process list.
 */
const GUARD = `const { spawn, spawnSync } = require('node:child_process');
process.once('message', ({ file, args, cwd, env, isVerbatim, end }) => {
  const child = spawn(file, args, { cwd, env, stdio: 'inherit', windowsHide: true, windowsVerbatimArguments: isVerbatim });
  const finish = (code) => process.exit(code);
  process.once('disconnect', () => {
    if (child.pid !== undefined) spawnSync(end[0], [...end.slice(1), String(child.pid)], { stdio: 'ignore', windowsHide: true });
    finish(1);
  });
  child.once('error', ({ message }) => { process.stderr.write(message + '\\n', () => finish(127)); });
  child.once('exit', (code, signal) => finish(signal === null ? code : 1));
});
process.send('ready');`;

/** The executable file that the system starts for a program, with its arguments. */
export interface WindowsCommand {
  readonly file: string;
  readonly args: readonly string[];
  /** The arguments are a command line that has its quotes already. */
  readonly isVerbatim: boolean;
}

/** Access to the machine; other values are for tests. */
export interface WindowsMachine {
  readonly isFile: (path: string) => Promise<boolean>;
  /** Node.js for the guard. */
  readonly node: string;
  /** Program and first arguments that end the tree of a process; its id follows. */
  readonly endTree: (env: ChildSpec['env'], isForced: boolean) => readonly [file: string, ...args: string[]];
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isFile() === true;

const system32 = (env: ChildSpec['env'], name: string): string =>
  win32.join(valueOf(env, 'SystemRoot') ?? 'C:\\Windows', 'System32', name);

const MACHINE: WindowsMachine = {
  isFile,
  node: process.execPath,
  endTree: (env, isForced) => [system32(env, 'taskkill.exe'), '/t', ...(isForced ? ['/f'] : []), '/pid'],
};

/** Processes of Windows. Unit-tested on other systems; it has not run on Windows. */
export class WindowsSystem implements ProcessSystem {
  readonly #machine: WindowsMachine;

  constructor(machine: Partial<WindowsMachine> = {}) {
    this.#machine = { ...MACHINE, ...machine };
  }

  environment(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const byName = new Map<string, readonly [string, string]>();
    for (const entry of Object.entries(variables)) byName.set(entry[0].toUpperCase(), entry);
    return Object.fromEntries(byName.values());
  }

  variable(variables: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
    return valueOf(variables, name);
  }

  find(command: string, cwd: string, variables: Readonly<Record<string, string>>): Promise<string> {
    const query = { command, cwd, path: valueOf(variables, 'PATH') ?? '' };
    return findWindowsCommand(query, valueOf(variables, 'PATHEXT'), this.#machine.isFile);
  }

  async start({ program, args, cwd, env }: ChildSpec): Promise<GuardedChild> {
    const command = await windowsCommand({ program, args, env }, this.#machine.isFile);
    const child = spawn(this.#machine.node, ['-e', GUARD], {
      cwd,
      env: guardEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      windowsHide: true,
    });
    const pid = await spawned(child);
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('the process has no pipes');
    await new Promise((resolve) => {
      child.once('message', resolve);
      child.once('exit', resolve);
    });
    const end = this.#machine.endTree(env, true);
    if (child.connected) child.send({ ...command, cwd, env, end });
    const kill = (isForced: boolean): void => {
      const [file, ...rest] = this.#machine.endTree(env, isForced);
      if (child.exitCode === null) execFile(file, [...rest, String(pid)], { windowsHide: true }, () => undefined);
    };
    return {
      pid,
      stdin,
      stdout,
      stderr,
      ended: endOf(child, () => {
        kill(true);
      }),
      kill: (signal) => {
        kill(signal === 'SIGKILL');
      },
    };
  }
}

/** Returns what runs a program: itself, Node.js for the shims of npm, or `cmd.exe` for any other batch file. */
export async function windowsCommand(
  { program, args, env }: Omit<ChildSpec, 'cwd'>,
  exists: WindowsMachine['isFile'],
): Promise<WindowsCommand> {
  if (!/\.(?:cmd|bat)$/i.test(program)) return { file: program, args, isVerbatim: false };
  const folder = win32.dirname(program);
  const name = win32.basename(program).slice(0, -4).toLowerCase();
  if (name === 'npx' || name === 'npm') {
    const script = win32.join(folder, 'node_modules', 'npm', 'bin', `${name}-cli.js`);
    const node = win32.join(folder, 'node.exe');
    if ((await exists(script)) && (await exists(node)))
      return { file: node, args: [script, ...args], isVerbatim: false };
  }
  return { file: system32(env, 'cmd.exe'), args: batchArguments(program, args), isVerbatim: true };
}

/** Names of variables have no case on Windows. */
function valueOf(variables: Readonly<Record<string, string | undefined>>, name: string): string | undefined {
  const upper = name.toUpperCase();
  return Object.entries(variables).find(([each]) => each.toUpperCase() === upper)?.[1];
}

const GUARD_VARIABLES: ReadonlySet<string> = new Set(['PATH', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'TEMP', 'TMP']);

/** The guard gets no variable of the service, such as `NODE_OPTIONS` or a secret. */
const guardEnvironment = (env: ChildSpec['env']): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter(([name]) => GUARD_VARIABLES.has(name.toUpperCase())));
