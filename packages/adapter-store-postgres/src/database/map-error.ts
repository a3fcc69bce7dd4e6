import { StoreError, isStoreError, type StoreErrorKind } from '@clarity-runtime/core';

/** A failed request. `isSent`: the server may have received it. `isWrite`: it may have had an effect. */
export interface RequestState {
  readonly isSent: boolean;
  readonly isWrite: boolean;
}

/** SQLSTATE codes of failures that certainly changed nothing. */
const NOT_APPLIED: Readonly<Record<string, StoreErrorKind>> = {
  CL002: 'fenced',
  '57P03': 'unavailable',
  '53300': 'unavailable',
  '55P03': 'unavailable',
  '57014': 'unavailable',
  '40001': 'unavailable',
  '40P01': 'unavailable',
  '25006': 'unavailable',
  '55000': 'unavailable',
  '53100': 'exhausted',
  '54000': 'too_large',
  '42501': 'forbidden',
  '28000': 'forbidden',
  '28P01': 'forbidden',
  XX001: 'corrupt',
  XX002: 'corrupt',
};
const SCHEMA_MISSING = ['42P01', '42883', '3F000', '42703'];

interface ServerError extends Error {
  readonly code: string;
  readonly detail?: string;
}

/** Returns whether the server has answered, so that the connection is usable. Ends of the session do not count. */
export const isAnswer = (error: unknown): error is ServerError =>
  error instanceof Error &&
  'severity' in error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.severity !== 'FATAL' &&
  !/^(08|57P)/.test(error.code);

/** Maps a failure by its SQLSTATE, never by its text. */
export function mapError(error: unknown, { isSent, isWrite }: RequestState): StoreError {
  if (isStoreError(error)) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = error instanceof Error ? error.message : String(error);
  const fail = (kind: StoreErrorKind, text: string): StoreError => new StoreError(kind, text, { cause: error });
  if (code === 'CL001') {
    const { detail = 'absent' } = error as ServerError;
    return new StoreError('conflict', reason, { current: detail, cause: error });
  }
  if (SCHEMA_MISSING.includes(code)) {
    return fail('corrupt', `the schema is missing or outdated (${code}); run \`clarityctl store upgrade\``);
  }
  const kind = NOT_APPLIED[code];
  if (kind !== undefined) return fail(kind, `${reason} (${code})`);
  if (isAnswer(error)) return fail(/^2[23]/.test(code) ? 'invalid' : 'corrupt', `${reason} (${code})`);
  const kindWithoutAnswer = isSent && isWrite ? 'indeterminate' : 'unavailable';
  return fail(kindWithoutAnswer, `no answer of the database: ${reason}`);
}
