import type { Approval, ApprovalState } from '../../domain/access/approval.ts';
import { callerRecord, type Caller } from '../../domain/access/caller.ts';
import { ClarityError, isClarityError } from '../../domain/errors/clarity-error.ts';
import { contentDigest } from '../../domain/json/digest.ts';

export interface PendingApprovalDependencies {
  readonly key: string;
  /** Key of the principal that requested it. */
  readonly owner: string;
  readonly view: Approval;
  /** Monotonic milliseconds. */
  readonly until: number;
  readonly run: (approved: unknown) => Promise<object> | object;
  readonly inputs: () => Promise<unknown>;
}

/** One approval request, from its creation until it expires. */
export class PendingApproval {
  readonly key: string;
  readonly owner: string;
  readonly until: number;
  readonly #run: (approved: unknown) => Promise<object> | object;
  /** Returns the state that the action would change. */
  readonly inputs: () => Promise<unknown>;
  #state: unknown;
  #view: Approval;
  #result: object | undefined;
  #failed: Error | undefined;

  constructor({ key, owner, view, until, run, inputs }: PendingApprovalDependencies) {
    this.key = key;
    this.owner = owner;
    this.until = until;
    this.#view = view;
    this.#run = run;
    this.inputs = inputs;
  }

  get view(): Approval {
    return this.#view;
  }

  /** Reads the state again, so that a list shows the digest of the present one. */
  async renew(): Promise<string> {
    this.#state = await this.inputs();
    const digest = approvalDigest(this.#view, this.#state);
    this.#view = { ...this.#view, digest };
    return digest;
  }

  decide(state: ApprovalState, caller: Caller, reason?: string): void {
    const { kind, id } = callerRecord(caller);
    const decidedBy = `${kind}:${id}`;
    this.#view = { ...this.#view, state, decidedBy, ...(reason === undefined ? {} : { reason }) };
  }

  /** Runs the approved action. Never rejects: the result is in `view` and `outcome`. */
  async carryOut(): Promise<void> {
    try {
      this.#result = await this.#run(this.#state);
    } catch (error) {
      this.#failed = isClarityError(error) ? error : new ClarityError('INTERNAL', this.#view.id, { cause: error });
      this.#view = { ...this.#view, state: 'failed', reason: this.#failed.message };
    }
  }

  /** Returns the reply for the client that requested the approval. @throws ClarityError APPROVAL_DENIED, or the error of the action. */
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
        'Nothing has been done yet. Call the tool again with the same arguments to get the result.',
      ],
    };
  }
}

/** Returns the digest of what an operator decides on. */
export const approvalDigest = (
  { id, tool, requestedBy, arguments: args }: Omit<Approval, 'digest'>,
  state: unknown,
): string => contentDigest([id, tool, requestedBy, args, state]);
