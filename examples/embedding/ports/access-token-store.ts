import { StoreError, type TokenRecord } from '@clarity-runtime/core';
import { MemoryAccessTokenStore } from '@clarity-runtime/core/memory';

type Put = Parameters<MemoryAccessTokenStore['put']>;

/** A store in memory that keeps tokens of models out of services that the application protects. */
export class GuardedTokens extends MemoryAccessTokenStore {
  readonly #isAllowed: (record: TokenRecord) => boolean;

  constructor(isAllowed: (record: TokenRecord) => boolean) {
    super();
    this.#isAllowed = isAllowed;
  }

  override async put(...args: Put): ReturnType<MemoryAccessTokenStore['put']> {
    if (!this.#isAllowed(args[1])) throw new StoreError('invalid', 'the application does not allow this token');
    return super.put(...args);
  }
}
