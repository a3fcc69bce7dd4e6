import type { PolicyDocument } from '@clarity-runtime/core';
import { MemoryPolicyRegistry } from '@clarity-runtime/core/memory';

type Put = Parameters<MemoryPolicyRegistry['put']>;

/** A policy registry in memory that rejects a document which the application does not accept. */
export class ReviewedPolicies extends MemoryPolicyRegistry {
  readonly #review: (document: PolicyDocument) => void;

  /** `review` throws to reject a document. */
  constructor(review: (document: PolicyDocument) => void) {
    super();
    this.#review = review;
  }

  override async put(...args: Put): ReturnType<MemoryPolicyRegistry['put']> {
    this.#review(args[1]);
    return super.put(...args);
  }
}
