import type { Environment } from '../support/environment.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

const INHERITED_VARIABLES = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'SYSTEMROOT', 'TEMP'];

/** Returns the environment of a child process: paths and locale only, so that no secret is passed. */
export const childEnvironment = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    INHERITED_VARIABLES.flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

/** Input of `runChild`. */
export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** Result of a child process. */
export interface ChildResult {
  /** Null if the process was killed. */
  readonly exitCode: number | null;
  /** Standard output and standard error in order of arrival, at most 256 KiB. */
  readonly output: string;
  /** Reason of the end. */
  readonly ended: 'exit' | 'timeout' | 'output limit';
}

const MAX_OUTPUT_BYTES = 256 * 1024;
/** Time between SIGTERM and SIGKILL. */
const KILL_GRACE_MS = 2_000;

/**
 * Runs a program without a shell in its own process group. Kills the group at the timeout, at the output limit and when
 * the program exits. @throws the system error when the program cannot be started.
 */
export function runChild({ command, args, cwd, env, timeoutMs }: ChildOptions): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell: false, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let ended: ChildResult['ended'] = 'exit';
    let killTimer: NodeJS.Timeout | undefined;
    const end = (why: ChildResult['ended']): void => {
      if (ended !== 'exit') return;
      ended = why;
      killGroup(child, 'SIGTERM');
      killTimer = setTimeout(() => {
        killGroup(child, 'SIGKILL');
      }, KILL_GRACE_MS);
    };
    const timeout = setTimeout(() => {
      end('timeout');
    }, timeoutMs);
    const output = capture([child.stdout, child.stderr], () => {
      end('output limit');
    });
    child.once('error', (error) => {
      clearTimeout(timeout);
      reject(error);
    });
    // Remaining processes of the group would keep the pipes open.
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
    });
    child.once('close', (exitCode) => {
      clearTimeout(timeout);
      clearTimeout(killTimer);
      resolve({ exitCode, output: output(), ended });
    });
  });
}

function capture(streams: readonly Readable[], onLimit: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      if (length >= MAX_OUTPUT_BYTES) return;
      chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - length));
      length += chunk.length;
      if (length >= MAX_OUTPUT_BYTES) onLimit();
    });
  }
  return () => Buffer.concat(chunks).toString('utf8');
}

function killGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has no process any more.
  }
}
