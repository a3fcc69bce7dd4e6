import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import { isStoreError, type StoreErrorKind } from '../../domain/errors/store-error.ts';

const CODES: Readonly<Record<StoreErrorKind, ErrorCode>> = {
  conflict: 'REVISION_CONFLICT',
  exhausted: 'STORAGE_FULL',
  unavailable: 'STORE_UNAVAILABLE',
  indeterminate: 'STORE_UNAVAILABLE',
  fenced: 'STORE_UNAVAILABLE',
  closed: 'STORE_UNAVAILABLE',
  forbidden: 'STORE_UNAVAILABLE',
  aborted: 'CALL_CANCELLED',
  corrupt: 'STORE_CORRUPT',
  invalid: 'REQUEST_INVALID',
  too_large: 'PAYLOAD_TOO_LARGE',
};

const HINTS: Partial<Record<StoreErrorKind, string>> = {
  forbidden: 'grant the user of clarityd write access to the workspace, and check that the disk is not read-only',
  fenced: 'repeat the request: another daemon has taken over the service',
  too_large: 'shorten the arguments, the descriptions or the environment of the manifest',
};

/**
 * Returns the `ClarityError` for a `StoreError`; `data.current` is the stored revision of a conflict, and `data.settled` is
 * false while the outcome of the write is not known. Returns any other error unchanged.
 */
export function storeFailure(error: unknown): unknown {
  if (!isStoreError(error)) return error;
  const hint = HINTS[error.kind];
  const data = dataOf(error.kind, error.current);
  return new ClarityError(CODES[error.kind], error.message, {
    ...(hint === undefined ? {} : { hint }),
    ...(data === undefined ? {} : { data }),
    cause: error,
  });
}

/** Returns whether the outcome of the failed write is not known yet. */
export const isUnsettled = (error: unknown): boolean =>
  isClarityError(error) && error.failure.data?.['settled'] === false;

function dataOf(
  kind: StoreErrorKind,
  current: string | undefined,
): Readonly<Record<string, string | boolean>> | undefined {
  if (kind === 'indeterminate') return { settled: false };
  return kind === 'conflict' && current !== undefined ? { current } : undefined;
}
