import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { repository } from './workspace.ts';

export interface ProgramOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Maximum number of open files and sockets. */
  readonly openFiles?: number;
  /** File that receives stderr instead of the test. */
  readonly errorsTo?: string;
  /** Keeps standard input open until `type` writes it. Default: empty. */
  readonly hasInput?: boolean;
}

export interface Ended {
  /** Null if a signal ended the program. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A built program of the repository in its own process. */
export interface RunningProgram {
  readonly pid: number;
  /** Resolves when the program has ended for any reason. */
  readonly ended: Promise<Ended>;
  /** The output up to now. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match in stdout, or in another stream. Rejects with stderr if the program ends first. */
  says(pattern: RegExp, stream?: 'stdout' | 'stderr'): Promise<RegExpExecArray>;
  /** Writes all of standard input, for a program that was started with `hasInput`. */
  type(text: string): void;
  kill(signal: NodeJS.Signals): void;
}

export type ProgramName = 'clarityd' | 'clarityctl' | 'clarityc';

const running = new Set<ChildProcessByStdio<Writable | null, Readable, Readable>>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** The environment of the program, without settings of the user who runs the tests. */
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
  const environment = { cwd: options.cwd, env: { ...cleanEnvironment(), ...options.env } };
  const child: ChildProcessByStdio<Writable | null, Readable, Readable> =
    options.hasInput === true
      ? spawn(program, args, { ...environment, stdio: ['pipe', 'pipe', 'pipe'] })
      : spawn(program, args, { ...environment, stdio: ['ignore', 'pipe', 'pipe'] });
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
  const says = (pattern: RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stream === 'stdout' ? stdout : stderr);
        if (found === null) return;
        child[stream].off('data', look);
        resolve(found);
      };
      child[stream].on('data', look);
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
    type: (text) => {
      child.stdin?.end(text);
    },
    kill: (signal) => {
      child.kill(signal);
    },
  };
}

/** Runs a program until it exits. */
export const runProgram = (name: ProgramName, argv: readonly string[], options: ProgramOptions): Promise<Ended> =>
  startProgram(name, argv, options).ended;
