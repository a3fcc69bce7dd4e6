import { ToolchainError } from '@clarity-runtime/adapter-toolchain';
import { isClarityError } from '@clarity-runtime/core';
import { messageOf } from './error-text.ts';

/** Exit codes of the three programs. `store` and `port` are codes of `clarityd`. */
export const ExitCode = { done: 0, failed: 1, usage: 2, store: 3, port: 4 } as const;

export interface CliErrorDetail {
  /** The next step, one line. */
  readonly hint?: string | undefined;
  readonly exitCode?: number;
  readonly cause?: unknown;
}

/** An error for the user of a program: message, hint and exit code. */
export class CliError extends Error {
  override readonly name = 'Problem';
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, { hint, exitCode = ExitCode.failed, cause }: CliErrorDetail = {}) {
    super(message, { cause });
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Returns a usage error with exit code 2. */
export const usageError = (message: string, hint?: string): CliError =>
  new CliError(message, { exitCode: ExitCode.usage, ...(hint === undefined ? {} : { hint }) });

/** Converts any thrown value to a `CliError` with its message and hint. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ToolchainError) return new CliError(error.message, { hint: error.hint, cause: error });
  if (isClarityError(error)) return new CliError(error.failure.message, { hint: error.failure.hint, cause: error });
  return new CliError(messageOf(error), { cause: error, exitCode: ExitCode.failed });
}
