import type { TrustState } from '@clarity-runtime/core';
import type { WorkspaceTrust } from '@clarity-runtime/core/ports';

/** Trust that an operator of the application gives: nothing runs until then, whatever the store contains. */
export class ManualTrust implements WorkspaceTrust {
  #state: TrustState = { trusted: false, problems: [{ file: 'the store of the application', reason: 'unknown' }] };

  get state(): TrustState {
    return this.#state;
  }

  grant(): Promise<void> {
    this.#state = { trusted: true };
    return Promise.resolve();
  }

  revoke(): Promise<void> {
    this.#state = { trusted: false, problems: [{ file: 'the store of the application', reason: 'revoked' }] };
    return Promise.resolve();
  }
}
