import { ToolchainError } from '@clarity-runtime/adapter-toolchain';
import { isClarityError } from '@clarity-runtime/core';
import { messageOf } from './error-text.ts';

/** Exit codes of `clarityctl` and `clarityc`; `clarityd` has its own for its store and its port. */
export const Exit = { done: 0, failed: 1, usage: 2, store: 3, port: 4 } as const;

export interface ProblemDetail {
  /** The next step, one line. */
  readonly hint?: string | undefined;
  readonly exitCode?: number;
  readonly cause?: unknown;
}

/** Something that the person at the keyboard can act on: what happened, the next step, and how the program ends. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly hint: string | undefined;
  readonly exitCode: number;

  constructor(message: string, { hint, exitCode = Exit.failed, cause }: ProblemDetail = {}) {
    super(message, { cause });
    this.hint = hint;
    this.exitCode = exitCode;
  }
}

/** What was asked for is not a command that exists. */
export const usageProblem = (message: string, hint?: string): Problem =>
  new Problem(message, { exitCode: Exit.usage, ...(hint === undefined ? {} : { hint }) });

/** Converts any thrown value to a problem with its message and hint. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ToolchainError) return new Problem(error.message, { hint: error.hint, cause: error });
  if (isClarityError(error)) return new Problem(error.failure.message, { hint: error.failure.hint, cause: error });
  return new Problem(messageOf(error), { cause: error, exitCode: Exit.failed });
}
