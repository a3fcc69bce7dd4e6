import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { signalGroup } from './process-group.ts';

/**
 * The shell starts a watcher that waits for the end of the pipe on descriptor 3, then becomes the program itself: so the
 * program has the shell's number and leads the group. The daemon alone holds the other end of the pipe; when it is gone,
 * however it ended, the watcher ends the group. No shell reads the program's name or its arguments.
 */
const GUARD = `( ( trap '' TERM HUP INT; read -r _ <&3; kill -s TERM -- -$$; sleep 1; kill -s KILL -- -$$ ) </dev/null >/dev/null 2>&1 & )
exec "$@" 3<&-`;

export interface ChildSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export interface GuardedChild {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the program has ended and what it wrote was read: why it ended. Its group is gone by then. */
  readonly ended: Promise<string>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Milliseconds that a pipe may stay open after the program has ended. */
const LAST_WORDS_MS = 500;

/** Rejects when the shell cannot be started; a program that cannot be run ends with 126 or 127. */
export async function startGuarded({ program, args, cwd, env }: ChildSpec): Promise<GuardedChild> {
  const child = spawn('/bin/sh', ['-c', GUARD, 'clarity-guard', program, ...args], {
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
  if (pid === undefined) throw new Error('it has no process id');
  // What is written to a process that has ended is lost; its end is reported once, by `ended`.
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
      resolve(signal === null ? `it exited with code ${String(code)}` : `it was ended by ${signal}`);
    });
  });
  // The watcher is in the group, so that the group's number still means this group.
  signalGroup(pid, 'SIGKILL');
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    closed,
    new Promise((resolve) => {
      timer = setTimeout(resolve, LAST_WORDS_MS);
    }),
  ]);
  clearTimeout(timer);
  for (const stream of child.stdio) stream?.destroy();
  return reason;
}
