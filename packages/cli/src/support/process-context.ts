import type { Environment } from '@clarity-runtime/adapter-toolchain';

export type { Environment };

/** What the world gives a program, so that a test can give it another. */
export interface ProcessContext {
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Aborts when whoever read stdout has gone. */
  readonly unread?: AbortSignal;
}

export interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}
