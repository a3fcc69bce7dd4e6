import { isStoreError } from '../domain/errors/store-error.ts';

/** `ok`, or the kind of the StoreError; anything else that was thrown is told in full. */
export async function outcomeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return isStoreError(error) ? error.kind : `not a store error: ${String(error)}`;
  }
}
