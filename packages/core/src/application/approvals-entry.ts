import type { Approval, ApprovalState } from '../domain/access/approval.ts';
import type { Caller } from '../domain/access/caller.ts';
import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';

export interface PendingApprovalParts {
  readonly key: string;
  readonly view: Approval;
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly run: () => Promise<object> | object;
}

/** One request, from when it was asked for until it is forgotten. */
export class PendingApproval {
  readonly key: string;
  readonly until: number;
  readonly #run: () => Promise<object> | object;
  #view: Approval;
  #result: object | undefined;
  #failed: Error | undefined;

  constructor({ key, view, until, run }: PendingApprovalParts) {
    this.key = key;
    this.until = until;
    this.#view = view;
    this.#run = run;
  }

  get view(): Approval {
    return this.#view;
  }

  decide(state: ApprovalState, { kind, id }: Caller, reason?: string): void {
    const decidedBy = `${kind}:${id}`;
    this.#view = { ...this.#view, state, decidedBy, ...(reason === undefined ? {} : { reason }) };
  }

  /** Never rejects: how it went stands in the view, and in the outcome. */
  async carryOut(): Promise<void> {
    try {
      this.#result = await this.#run();
    } catch (error) {
      this.#failed = isClarityError(error) ? error : new ClarityError('INTERNAL', this.#view.id, { cause: error });
      this.#view = { ...this.#view, state: 'failed', reason: this.#failed.message };
    }
  }

  /** What the one who asked is answered now. */
  outcome(): object {
    const { id, state, reason = '', expiresAt } = this.#view;
    if (state === 'denied') throw new ClarityError('APPROVAL_DENIED', reason);
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#result !== undefined) return this.#result;
    return {
      approval: { id, state, expires_at: expiresAt },
      waiting: true,
      next_steps: [
        `An operator decides: clarityctl approvals approve ${id}`,
        'Nothing has been done yet. Call the tool again with the same arguments to hear what became of it.',
      ],
    };
  }
}
