import type { ApprovalRecord } from '@clarity-runtime/core';
import { MemoryApprovalStore } from '@clarity-runtime/core/memory';

/** A store in memory that tells the operators of the application about each new request. */
export class AnnouncedApprovals extends MemoryApprovalStore {
  readonly #tell: (record: ApprovalRecord) => void;

  constructor(tell: (record: ApprovalRecord) => void) {
    super();
    this.#tell = tell;
  }

  override async put(...args: Parameters<MemoryApprovalStore['put']>): ReturnType<MemoryApprovalStore['put']> {
    const stored = await super.put(...args);
    if (stored.value.state === 'pending') this.#tell(stored.value);
    return stored;
  }
}
