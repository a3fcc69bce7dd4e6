import { ClarityError, ERROR_TABLE, isClarityError, type ErrorCode } from '@clarity-runtime/core';
import { z } from 'zod';

const schema = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  retryable: z.boolean(),
  field: z.string().optional(),
  ofRequest: z.boolean().optional(),
  /** The service can have read the request. */
  isSent: z.boolean().optional(),
});

/** A failure between two daemons. */
export type PeerFailure = z.infer<typeof schema>;

/** Returns an error as data. An error without a code names only itself. */
export function failureOf(error: unknown): PeerFailure {
  const known = isClarityError(error) ? error : new ClarityError('UPSTREAM_FAILED', 'the owner of the service failed');
  const { code, message, hint, retryable, field } = known.failure;
  return { code, message, hint, retryable, ofRequest: known.ofRequest, ...(field === undefined ? {} : { field }) };
}

/** Returns the error of a failure. A code that this version does not know is UPSTREAM_FAILED. */
export function errorOf(payload: Buffer): { readonly error: ClarityError; readonly isSent: boolean } {
  const { code, message, hint, retryable, field, ofRequest = false, isSent = true } = schema.parse(read(payload));
  const own: ErrorCode = code in ERROR_TABLE ? (code as ErrorCode) : 'UPSTREAM_FAILED';
  const failure = { code: own, message, hint, retryable, ...(field === undefined ? {} : { field }) };
  return { error: Object.assign(new ClarityError(own, ''), { message, failure, ofRequest }), isSent };
}

const read = (payload: Buffer): unknown => JSON.parse(payload.toString('utf8'));
