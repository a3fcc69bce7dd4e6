import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { signalGroup } from './process-group.ts';

/**
 * The shell starts a watcher that waits for the end of the pipe on descriptor 3. Then it replaces itself with the program, so
 * the program keeps the process id of the shell and leads the process group. Only the daemon has the other end of the pipe:
 * when the daemon ends for any reason, the watcher ends the group, and on Linux every process with the mark of the child.
 * The shell does not parse the name or the arguments.
 */
const GUARD = `( ( trap '' TERM HUP INT; read -r _ <&3; kill -s TERM -- -$$; sleep 1
[ -r /proc/self/stat ] && read -r self _ </proc/self/stat && for f in $(grep -lsazxF "CLARITY_BOOT_ID=$CLARITY_BOOT_ID" /proc/[0-9]*/environ)
do p=\${f#/proc/}; p=\${p%/environ}; [ "$p" = "$self" ] || kill -s KILL "$p"; done
kill -s KILL -- -$$ ) </dev/null >/dev/null 2>&1 & )
`;
const BECOME = `exec "$@" 3<&-`;

/** Command line, working directory and environment of a child. */
export interface ChildSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Shell commands that set limits of the program. */
  readonly limits?: string;
}

/** A running child that ends when this process ends. */
export interface GuardedChild {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with the reason when the program has ended, its output was read and its process group is ended. */
  readonly ended: Promise<string>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Milliseconds that a pipe may stay open after the program has ended. */
const DRAIN_MS = 500;

/** Starts a program in a new process group. Rejects when the shell cannot start; a program that cannot run exits with 126 or 127. */
export async function startGuarded({ program, args, cwd, env, limits = '' }: ChildSpec): Promise<GuardedChild> {
  const child = spawn('/bin/sh', ['-c', GUARD + limits + BECOME, 'clarity-guard', program, ...args], {
    cwd,
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) throw new Error('the process has no id');
  // Writes to an ended process fail here and are ignored: `ended` reports the end once.
  for (const stream of child.stdio) stream?.on('error', () => undefined);
  child.on('error', () => undefined);
  return {
    pid,
    stdin,
    stdout,
    stderr,
    ended: endOf(child, pid),
    kill: (signal) => {
      signalGroup(pid, signal);
    },
  };
}

async function endOf(child: ChildProcess, pid: number): Promise<string> {
  const closed = new Promise((resolve) => child.once('close', resolve));
  const reason = await new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal === null ? `the process exited with code ${String(code)}` : `the process was ended by ${signal}`);
    });
    // A process that cannot be reached is lost, also if it runs on. Its end within this time gives the better reason.
    const lost = (pipe: string): void => {
      if (child.stdin?.writableEnded === true) return;
      setTimeout(() => {
        if (child.stdin?.writableEnded !== true) resolve(`the process closed its standard ${pipe}`);
      }, DRAIN_MS).unref();
    };
    child.stdout?.once('end', () => {
      lost('output');
    });
    child.stdin?.once('error', () => {
      lost('input');
    });
  });
  // The watcher is still in the group, so the system has not reused the id of the group.
  signalGroup(pid, 'SIGKILL');
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    closed,
    new Promise((resolve) => {
      timer = setTimeout(resolve, DRAIN_MS);
    }),
  ]);
  clearTimeout(timer);
  for (const stream of child.stdio) stream?.destroy();
  return reason;
}
