import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { repository } from './workspace.ts';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** How many files and sockets it may have open at once. */
  readonly openFiles?: number;
  /** Where its standard error goes instead of to the test. */
  readonly errorsTo?: string;
}

export interface Ended {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of the repository as it was built, in a process of its own. */
export interface RunningProgram {
  readonly pid: number;
  /** Resolves when it has ended, however it ended. */
  readonly ended: Promise<Ended>;
  /** What it has written so far. */
  stdout(): string;
  stderr(): string;
  /** The first match in stdout; rejects at once, with stderr, when it ends before. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
}

export type ProgramName = 'clarityd' | 'clarityctl' | 'clarityc';

const running = new Set<ChildProcessByStdio<null, Readable, Readable>>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** No setting of whoever runs the tests reaches the program. */
const cleanEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && !/^(CLARITY|NODE_OPTIONS$)/.test(entry[0]),
    ),
  );

export function startProgram(name: ProgramName, argv: readonly string[], options: ProgramOptions): RunningProgram {
  const command = [process.execPath, join(repository, 'packages/cli/bin', `${name}.js`), ...argv];
  const { openFiles, errorsTo } = options;
  const wrapped = [
    ...(openFiles === undefined ? [] : [`ulimit -n ${String(openFiles)} &&`]),
    'exec "$@"',
    ...(errorsTo === undefined ? [] : [`2>'${errorsTo}'`]),
  ];
  const limited = wrapped.length === 1 ? [] : ['sh', '-c', wrapped.join(' '), 'sh'];
  const [program = '', ...args] = [...limited, ...command];
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      running.delete(child);
      resolve({ exitCode, signal, stdout, stderr });
    });
  });
  const says = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stdout);
        if (found === null) return;
        child.stdout.off('data', look);
        resolve(found);
      };
      child.stdout.on('data', look);
      look();
      ended.then(({ exitCode }) => {
        reject(new Error(`${name} ended with ${String(exitCode)} and never said ${String(pattern)}:\n${stderr}`));
      }, reject);
    });
  return {
    pid: child.pid ?? 0,
    ended,
    stdout: () => stdout,
    stderr: () => stderr,
    says,
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** Runs a program to its end. */
export const runProgram = (name: ProgramName, argv: readonly string[], options: ProgramOptions): Promise<Ended> =>
  startProgram(name, argv, options).ended;
