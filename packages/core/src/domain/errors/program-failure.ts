import { ClarityError } from './clarity-error.ts';

/**
 * Returns the error of a request that needed a file of this program. An error of the operating system, as for want of
 * descriptors, becomes RESOURCE_EXHAUSTED, which passes; each other error is returned as it is.
 */
export const programFailure = (error: unknown): unknown =>
  typeof (error as { readonly syscall?: unknown } | null | undefined)?.syscall === 'string'
    ? new ClarityError('RESOURCE_EXHAUSTED', 'a file of this program could not be read', { cause: error })
    : error;
