import type { Environment } from '@clarity-runtime/adapter-toolchain';

import type { WorkingCommands } from './working-commands.ts';

export type { Environment };

/** Arguments, environment and streams of a program. Tests replace them. */
export interface ProcessContext {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Aborts when the reader of stdout is gone. */
  readonly unread?: AbortSignal;
  /** Forms of the commands in hints. Absent: the names of the programs. */
  readonly commands?: WorkingCommands | undefined;
}

export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}
