import { ToolchainError } from '@clarity-runtime/adapter-toolchain';
import { isClarityError } from '@clarity-runtime/core';
import { messageOf } from './error-text.ts';

/** Exit codes of `clarityctl` and `clarityc`; `clarityd` has its own for its store and its port. */
export const ExitCode = { done: 0, failed: 1, usage: 2, store: 3, port: 4 } as const;

export interface CliErrorDetail {
  /** The next step, one line. */
  readonly hint?: string | undefined;
  readonly exitCode?: number;
  readonly cause?: unknown;
}

/** Something that the person at the keyboard can act on: what happened, the next step, and how the program ends. */
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

/** What was asked for is not a command that exists. */
export const usageError = (message: string, hint?: string): CliError =>
  new CliError(message, { exitCode: ExitCode.usage, ...(hint === undefined ? {} : { hint }) });

/** Converts any thrown value to a problem with its message and hint. */
export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof ToolchainError) return new CliError(error.message, { hint: error.hint, cause: error });
  if (isClarityError(error)) return new CliError(error.failure.message, { hint: error.failure.hint, cause: error });
  return new CliError(messageOf(error), { cause: error, exitCode: ExitCode.failed });
}
