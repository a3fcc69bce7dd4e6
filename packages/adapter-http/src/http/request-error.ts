import type { OutgoingHttpHeaders } from 'node:http';
import { failure, type ErrorCode, type Failure, type FailureDetail } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

export interface RefusalDetail extends FailureDetail {
  readonly headers?: OutgoingHttpHeaders;
}

/** An error reply with its HTTP status. */
export class RequestError extends Error {
  override readonly name = 'HttpRefusal';
  readonly status: number;
  readonly failure: Failure;
  readonly headers: OutgoingHttpHeaders;

  constructor(status: number, reason: Failure, headers: OutgoingHttpHeaders = {}) {
    super(reason.message);
    this.status = status;
    this.failure = reason;
    this.headers = headers;
  }
}

export function refusal(
  status: number,
  code: ErrorCode,
  subject: string,
  { headers, ...detail }: RefusalDetail = {},
): RequestError {
  return new RequestError(status, failure(code, subject, detail), headers);
}

/** Returns the error for a known path with another method. */
export const methodRefusal = (method: string | undefined, allowed: readonly string[]): RequestError =>
  refusal(405, 'REQUEST_INVALID', `${toPrintableAscii(method ?? '')} is not supported here`, {
    field: 'method',
    hint: `use ${allowed.join(', ')}`,
    headers: { allow: allowed.join(', ') },
  });

export const routeNotFound = (): RequestError => refusal(404, 'ROUTE_NOT_FOUND', '');
