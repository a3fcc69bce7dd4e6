import { isClarityError } from '../domain/clarity-error.ts';

/** An error in words, for a status or a record. */
export function reasonOf(error: unknown): string {
  if (isClarityError(error)) return error.failure.message;
  return error instanceof Error ? error.message : String(error);
}
