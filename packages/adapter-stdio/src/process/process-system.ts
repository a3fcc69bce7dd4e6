import type { Readable, Writable } from 'node:stream';

/** Command line, working directory and environment of a child. */
export interface ChildSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Shell commands that set limits of the program, on systems with a shell. */
  readonly limits?: string;
}

/** A running child that ends when this process ends. */
export interface GuardedChild {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves with the reason when the program has ended, its output was read and the processes that it left are ended. */
  readonly ended: Promise<string>;
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Processes of one operating system. */
export interface ProcessSystem {
  /** Returns variables without two names that are equal for the system; the later one wins. */
  environment(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Returns the value of a variable by a name that is equal for the system. */
  variable(variables: Readonly<Record<string, string | undefined>>, name: string): string | undefined;
  /**
   * Returns the path of a program. A command with a separator is resolved against `cwd`; any other command is looked up in the
   * absolute folders of PATH.
   * @throws ClarityError PROCESS_START_FAILED when no program is found.
   */
  find(command: string, cwd: string, variables: Readonly<Record<string, string>>): Promise<string>;
  /**
   * Starts a program that `find` returned. It ends when this process ends for any reason.
   * @throws ClarityError PROCESS_START_FAILED when an argument cannot be passed on.
   */
  start(spec: ChildSpec): Promise<GuardedChild>;
}
