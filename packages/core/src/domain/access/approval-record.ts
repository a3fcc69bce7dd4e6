import { ClarityError } from '../errors/clarity-error.ts';
import type { Failure } from '../errors/clarity-error.ts';
import { contentDigest } from '../json/digest.ts';
import type { Approval, ApprovalState } from './approval.ts';
import { callerRecord, type Caller } from './caller.ts';

/** Result of an approved call, or its failure. */
export type ApprovalOutcome = { readonly result: object } | { readonly failure: Failure };

/** A control call that waits for an operator, as it is stored. Times are in ISO 8601. */
export interface ApprovalRecord {
  readonly schema: 1;
  /** SHA-256 of the caller, the tool and the arguments: the key of the record, so that two writers cannot ask twice. */
  readonly key: string;
  /** Id of the request for the operator; a later request with the same key has another one. */
  readonly id: string;
  /** Key of the principal that requested it. */
  readonly owner: string;
  /** The caller as it was, so that the call runs in its name after a restart too. */
  readonly caller: Omit<Caller, 'ended'>;
  readonly tool: string;
  readonly arguments: unknown;
  /** Digest of the request with the state that the call would change, at the time of the request. */
  readonly digest: string;
  readonly requestedAt: string;
  readonly expiresAt: string;
  readonly state: ApprovalState;
  readonly decidedBy?: string;
  readonly reason?: string;
  /** Absent until an approved call has ended. */
  readonly outcome?: ApprovalOutcome;
}

/** Returns a request for the operator, with the digest of the present state. */
export function shownApproval(record: ApprovalRecord, digest: string): Approval {
  const { id, tool, state, caller, requestedAt, expiresAt, decidedBy, reason } = record;
  return {
    id,
    digest,
    tool,
    state,
    requestedBy: callerRecord(caller),
    ...(caller.client === undefined ? {} : { client: caller.client.name }),
    arguments: record.arguments,
    requestedAt,
    expiresAt,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Returns the digest of the facts that an operator decides on. */
export const approvalDigest = (
  { id, tool, caller, arguments: args }: Pick<ApprovalRecord, 'id' | 'tool' | 'caller' | 'arguments'>,
  state: unknown,
): string => contentDigest([id, tool, callerRecord(caller), args, state]);

/** Returns the reply for the client that requested the approval. @throws ClarityError APPROVAL_DENIED, or the error of the call. */
export function approvalReply({ id, state, reason = '', expiresAt, outcome }: ApprovalRecord): object {
  if (state === 'denied') throw new ClarityError('APPROVAL_DENIED', reason);
  if (outcome !== undefined && 'failure' in outcome) {
    const { code, message } = outcome.failure;
    throw Object.assign(new ClarityError(code, ''), { message, failure: outcome.failure });
  }
  if (outcome !== undefined) return outcome.result;
  return {
    approval: { id, state, expires_at: expiresAt },
    waiting: true,
    next_steps: [
      `An operator decides: clarityctl approvals approve ${id}`,
      'Nothing has been done yet. Call the tool again with the same arguments to get the result.',
    ],
  };
}
