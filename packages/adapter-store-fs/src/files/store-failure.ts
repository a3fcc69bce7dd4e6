import { isStoreError, StoreError, type StoreErrorKind } from '@clarity-runtime/core';

const kinds: Readonly<Record<string, StoreErrorKind>> = {
  ENOSPC: 'exhausted',
  EDQUOT: 'exhausted',
  EFBIG: 'exhausted',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  EROFS: 'forbidden',
};

/** Returns the `code` of a system error, for example `ENOENT`; undefined for another value. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** Converts an error of the file system to a StoreError. `doing` is the operation or path at the start of the message. */
export function storeFailure(error: unknown, doing: string): StoreError {
  if (isStoreError(error)) return error;
  const code = codeOf(error);
  const reason = error instanceof Error ? error.message : (code ?? String(error));
  return new StoreError(kinds[code ?? ''] ?? 'unavailable', `${doing}: ${reason}`, { cause: error });
}
