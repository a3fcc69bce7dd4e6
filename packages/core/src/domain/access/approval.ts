import type { CallerRecord } from './caller.ts';

/** State of an approval. `failed`: an operator approved the call and the call returned an error. */
export type ApprovalState = 'pending' | 'approved' | 'failed' | 'denied';

/** A control call of a client that waits for the decision of an operator. */
export interface Approval {
  readonly id: string;
  /** SHA-256 of what the operator decides on: the tool, its arguments, the caller and the state that the call would change. */
  readonly digest: string;
  /** Name of the tool that was called. */
  readonly tool: string;
  readonly state: ApprovalState;
  readonly requestedBy: CallerRecord;
  /** Name and version as the client claims. */
  readonly client?: string;
  /** Arguments of the call, for the operator only; never in the audit. */
  readonly arguments: unknown;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly expiresAt: string;
  /** `<kind> <id>` of the deciding caller. `reason` is set after a denial or a failure. */
  readonly decidedBy?: string;
  readonly reason?: string;
}
