import { errorRow, type ErrorCode } from './error-table.ts';

/** One problem of a document: a field as a dotted path, and the text that follows it. */
export interface FieldProblem {
  readonly field: string;
  readonly problem: string;
  readonly hint?: string;
}

/** A failure as plain data, which can be sent to another thread or process. */
export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  /** The field of the request that is wrong, as a dotted path. */
  readonly field?: string;
  /** The remedy, as an imperative. */
  readonly hint: string;
  readonly retryable: boolean;
  /**
   * Facts for programs: `current`, the stored revision of a conflict; `settled: false`, the outcome is not known yet;
   * `isPermanent: true`, the same start cannot succeed.
   */
  readonly data?: Readonly<Record<string, string | boolean>>;
  /** All problems of a document, the one of `message` first, at most 20; absent if there is only one. */
  readonly problems?: readonly FieldProblem[];
}

/** Facts of a failure beside its code and its subject. */
export interface FailureDetail {
  readonly field?: string;
  /** Replaces the advice of the table. */
  readonly hint?: string;
  readonly data?: Failure['data'];
  readonly problems?: Failure['problems'];
}

/** Returns the failure of a code. The message is `<title>: <subject>`, or the title if `subject` is empty. */
export function failure(code: ErrorCode, subject: string, detail: FailureDetail = {}): Failure {
  const { title, advice, retryable } = errorRow(code);
  return {
    code,
    message: subject === '' ? title : `${title}: ${subject}`,
    hint: detail.hint ?? advice,
    retryable: retryable === true,
    ...(detail.field === undefined ? {} : { field: detail.field }),
    ...(detail.data === undefined ? {} : { data: detail.data }),
    ...(detail.problems === undefined ? {} : { problems: detail.problems }),
  };
}

const BRAND = Symbol.for('clarity.error');

/** A failure with a published code. Edges report every other thrown value as INTERNAL. */
export class ClarityError extends Error {
  override readonly name = 'ClarityError';
  readonly failure: Failure;
  /** The failure is about this request only and does not change the health of the service. */
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

  /** Returns the failure of a call that must not be repeated. */
  notRetryable(): ClarityError {
    const copy = new ClarityError(this.code, '', { cause: this });
    return Object.assign(copy, { message: this.message, failure: { ...this.failure, retryable: false } });
  }
}

/** Tests the brand, not the class, because a process can contain two copies of this package. */
export const isClarityError = (error: unknown): error is ClarityError =>
  typeof error === 'object' && error !== null && BRAND in error;

/** Returns the code of an error, and its remedy if it is not that of the error table. Empty for an error without a code. */
export function faultOf(error: unknown): { readonly code?: ErrorCode; readonly hint?: string } {
  if (!isClarityError(error)) return {};
  const { code, hint } = error.failure;
  return hint === errorRow(code).advice ? { code } : { code, hint };
}

/** Returns the message of an error for a status or a log. */
export function reasonOf(error: unknown): string {
  if (isClarityError(error)) return error.failure.message;
  return error instanceof Error ? error.message : String(error);
}
