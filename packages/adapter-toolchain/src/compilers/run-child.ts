import type { Environment } from '../support/environment.ts';
import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';

const PASSED_ON = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'SYSTEMROOT', 'TEMP'];

/** What a child process is told: where programs and folders are, and nothing that could be a secret. */
export const childEnvironment = (env: Environment): Record<string, string> =>
  Object.fromEntries(
    PASSED_ON.flatMap((name): [string, string][] => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface ChildResult {
  /** Null when it was killed. */
  readonly exitCode: number | null;
  /** Both streams as they came, at most 256 KiB of them. */
  readonly output: string;
  readonly ended: 'by itself' | 'out of time' | 'too much output';
}

const MAX_OUTPUT_BYTES = 256 * 1024;
const GRACE_MS = 2_000;

/**
 * Runs a program without a shell, in a process group of its own that ends with it: at its timeout, after too much output,
 * and when it leaves something behind. Rejects with the system's error when it cannot be started.
 */
export function runChild({ command, args, cwd, env, timeoutMs }: ChildOptions): Promise<ChildResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell: false, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let ended: ChildResult['ended'] = 'by itself';
    let hardEnd: NodeJS.Timeout | undefined;
    const end = (why: ChildResult['ended']): void => {
      if (ended !== 'by itself') return;
      ended = why;
      killGroup(child, 'SIGTERM');
      hardEnd = setTimeout(() => {
        killGroup(child, 'SIGKILL');
      }, GRACE_MS);
    };
    const timeout = setTimeout(() => {
      end('out of time');
    }, timeoutMs);
    const output = capture([child.stdout, child.stderr], () => {
      end('too much output');
    });
    child.once('error', (error) => {
      clearTimeout(timeout);
      reject(error);
    });
    // What it left behind would hold the pipes open for ever.
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
    });
    child.once('close', (exitCode) => {
      clearTimeout(timeout);
      clearTimeout(hardEnd);
      resolve({ exitCode, output: output(), ended });
    });
  });
}

function capture(streams: readonly Readable[], onTooMuch: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  for (const stream of streams) {
    stream.on('data', (chunk: Buffer) => {
      if (length >= MAX_OUTPUT_BYTES) return;
      chunks.push(chunk.subarray(0, MAX_OUTPUT_BYTES - length));
      length += chunk.length;
      if (length >= MAX_OUTPUT_BYTES) onTooMuch();
    });
  }
  return () => Buffer.concat(chunks).toString('utf8');
}

function killGroup({ pid }: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Everybody in it is gone.
  }
}
