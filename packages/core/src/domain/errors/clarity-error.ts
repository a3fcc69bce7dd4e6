import { errorRow, type ErrorCode } from './error-table.ts';

/** A failure as plain data: it crosses threads and wires. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** The field of the request that is wrong, as a dotted path. */
  readonly field?: string;
  /** The mend. */
  readonly hint: string;
  readonly retryable: boolean;
}

export interface FailureDetail {
  readonly field?: string;
  /** In place of the table's advice. */
  readonly hint?: string;
}

/** `subject` is what the failure is about; the message is the table's title with it. */
export function failure(code: ErrorCode, subject: string, detail: FailureDetail = {}): Failure {
  const { title, advice, retryable } = errorRow(code);
  return {
    code,
    message: subject === '' ? title : `${title}: ${subject}`,
    hint: detail.hint ?? advice,
    retryable: retryable === true,
    ...(detail.field === undefined ? {} : { field: detail.field }),
  };
}

const BRAND = Symbol.for('clarity.error');

/** A failure that the caller can act on. Anything else that is thrown is a bug, and edges call it INTERNAL. */
export class ClarityError extends Error {
  override readonly name = 'ClarityError';
  readonly failure: Failure;
  /** It speaks of this one request, whatever its code says of services. */
  readonly ofRequest: boolean = false;
  readonly [BRAND] = true;

  constructor(code: ErrorCode, subject: string, detail: FailureDetail & { cause?: unknown } = {}) {
    const reason = failure(code, subject, detail);
    super(reason.message, { cause: detail.cause });
    this.failure = reason;
  }

  get code(): ErrorCode {
    return this.failure.code;
  }
}

/** By brand, so that two copies of this package in one process understand each other. */
export const isClarityError = (error: unknown): error is ClarityError =>
  typeof error === 'object' && error !== null && BRAND in error;

/** An error in words, for a status or a record. */
export function reasonOf(error: unknown): string {
  if (isClarityError(error)) return error.failure.message;
  return error instanceof Error ? error.message : String(error);
}
