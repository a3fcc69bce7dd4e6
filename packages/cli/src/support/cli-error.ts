import { ToolchainError } from '@clarity-runtime/adapter-toolchain';
import { isClarityError } from '@clarity-runtime/core';
import { messageOf } from './error-text.ts';

/** Exit codes of the programs. `store` is a code of `clarityd`, `port` one of `clarityd` and `up`, `changes` one of `plan`. */
export const ExitCode = { done: 0, failed: 1, usage: 2, store: 3, port: 4, changes: 5, interrupted: 130 } as const;

export interface CliErrorDetail {
  /** The next step, one line. */
  readonly hint?: string | undefined;
  readonly exitCode?: number;
  /** Code for programs, of docs/reference/errors.md. */
  readonly code?: string | undefined;
  readonly cause?: unknown;
}

/** An error for the user of a program: message, hint and exit code. */
export class CliError extends Error {
  override readonly name = 'Problem';
  readonly hint: string | undefined;
  readonly exitCode: number;
  readonly code: string | undefined;

  constructor(message: string, { hint, exitCode = ExitCode.failed, code, cause }: CliErrorDetail = {}) {
    super(message, { cause });
    this.code = code;
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** Returns a usage error with exit code 2. */
export const usageError = (message: string, hint?: string): CliError =>
  new CliError(message, { exitCode: ExitCode.usage, code: 'USAGE', ...(hint === undefined ? {} : { hint }) });

/** Converts any thrown value to a `CliError` with its message and hint. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ToolchainError) return new CliError(error.message, { hint: error.hint, cause: error });
  if (isClarityError(error)) {
    const { message, hint, code } = error.failure;
    return new CliError(message, { hint, code, cause: error });
  }
  return new CliError(messageOf(error), { cause: error, exitCode: ExitCode.failed });
}
