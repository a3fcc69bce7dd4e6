import { StoreError } from '../domain/errors/store-error.ts';

/** `indeterminate-late`: the answer is lost, and the change is applied some calls later. */
export type Fault =
  'none' | 'delay' | 'unavailable' | 'indeterminate-applied' | 'indeterminate-lost' | 'indeterminate-late' | 'reset';

/** Number of calls between a late change and its application. */
const LATE_CALL_COUNT = 3;

interface LateChange {
  callsLeft: number;
  readonly work: () => Promise<unknown>;
}

/** Runs the calls of one store with faults. */
export class FaultyCalls {
  readonly #next: () => Fault;
  #late: LateChange[] = [];

  constructor(next: () => Fault) {
    this.#next = next;
  }

  /** Applies the late changes that are due, then runs `work` with the next fault. `reset` applies to watches only. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const fault = this.#next();
    await this.#applyDue();
    switch (fault) {
      case 'unavailable':
        throw new StoreError('unavailable', 'injected: the store cannot be reached');
      case 'indeterminate-lost':
        throw new StoreError('indeterminate', 'injected: no answer, not applied');
      case 'indeterminate-late':
        this.#late.push({ callsLeft: LATE_CALL_COUNT, work });
        throw new StoreError('indeterminate', 'injected: no answer, applied later');
      case 'indeterminate-applied':
        await work();
        throw new StoreError('indeterminate', 'injected: no answer, applied');
      case 'delay':
        for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
        return work();
      case 'none':
      case 'reset':
        return work();
    }
  }

  async #applyDue(): Promise<void> {
    for (const change of this.#late) change.callsLeft -= 1;
    const due = this.#late.filter(({ callsLeft }) => callsLeft <= 0);
    this.#late = this.#late.filter(({ callsLeft }) => callsLeft > 0);
    // A late change can be rejected; its caller has given up long ago.
    for (const { work } of due) await work().catch(() => undefined);
  }
}
