import { randomBytes } from 'node:crypto';
import {
  errorRow,
  failure,
  isClarityError,
  isStoreError,
  type ErrorCode,
  type ErrorKind,
  type Failure,
  type StoreErrorKind,
} from '@clarity-runtime/core';
import { RequestError } from './request-error.ts';

const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  denied: 403,
  absent: 404,
  conflict: 409,
  exhausted: 429,
  timeout: 504,
  upstream: 502,
  unavailable: 503,
  internal: 500,
};

const statusOfCode: Partial<Record<ErrorCode, number>> = { PAYLOAD_TOO_LARGE: 413, STORAGE_FULL: 507 };

/** HTTP status by error kind. A kind without a row is a defect, which becomes a 500. */
const codeOfStore: Partial<Record<StoreErrorKind, ErrorCode>> = {
  conflict: 'REVISION_CONFLICT',
  unavailable: 'STORE_UNAVAILABLE',
  indeterminate: 'STORE_UNAVAILABLE',
  fenced: 'STORE_UNAVAILABLE',
  closed: 'STORE_UNAVAILABLE',
  forbidden: 'STORE_UNAVAILABLE',
  exhausted: 'STORAGE_FULL',
  too_large: 'PAYLOAD_TOO_LARGE',
  corrupt: 'STORE_CORRUPT',
  aborted: 'CALL_CANCELLED',
};

const RETRY_SOON = { 'retry-after': '1' };
const INDETERMINATE = 'it may or may not have been applied: read it again, then repeat the change';

/**
 * Returns the error reply for an error. An unexpected error becomes a 500 with an opaque id, and `report` gets its stack.
 */
export function requestErrorOf(error: unknown, report: (line: string) => void): RequestError {
  if (error instanceof RequestError) {
    const { code, message } = error.failure;
    if (errorRow(code).kind === 'internal') report(`${code}: ${message}`);
    return error;
  }
  const reason = knownFailure(error);
  if (reason === undefined || reason.code === 'INTERNAL') return unexpected(error, report);
  if (errorRow(reason.code).kind === 'internal') report(`${reason.code}: ${textOf(error)}`);
  const status = statusOf(reason.code);
  return new RequestError(status, reason, reason.retryable && (status === 429 || status === 503) ? RETRY_SOON : {});
}

function knownFailure(error: unknown): Failure | undefined {
  if (isClarityError(error)) return error.failure;
  if (!isStoreError(error)) return undefined;
  const code = codeOfStore[error.kind];
  // The message of the store may contain paths of the daemon, so it is not part of the reply.
  return code && failure(code, '', error.kind === 'indeterminate' ? { hint: INDETERMINATE } : {});
}

function unexpected(error: unknown, report: (line: string) => void): RequestError {
  const id = randomBytes(6).toString('hex');
  report(`${id} ${textOf(error)}`);
  return new RequestError(500, failure('INTERNAL', id));
}

/** Returns the HTTP status of an error code. */
export const statusOf = (code: ErrorCode): number => statusOfCode[code] ?? statusOfKind[errorRow(code).kind];

function textOf(error: unknown): string {
  const { stack } = Object(error) as { stack?: unknown };
  return typeof stack === 'string' ? stack : String(error);
}
