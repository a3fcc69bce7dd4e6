import { isStoreError } from '../domain/errors/store-error.ts';

/** Returns `ok`, the kind of a `StoreError`, or the text of any other error. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return isStoreError(error) ? error.kind : `not a store error: ${String(error)}`;
  }
}
