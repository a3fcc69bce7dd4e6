export type ApprovalState = 'pending' | 'approved' | 'failed' | 'denied';

/** Something that a client asked for and that an operator decides on. */
export interface Approval {
  readonly id: string;
  /** Name of the tool that was called. */
  readonly tool: string;
  readonly state: ApprovalState;
  readonly requestedBy: { readonly kind: string; readonly id: string; readonly door: string };
  /** What the client says of itself: a claim. */
  readonly client?: string;
  /** What would be done, for the operator alone; never written down. */
  readonly arguments: unknown;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly expiresAt: string;
  /** Who decided, and why it failed or was denied. */
  readonly decidedBy?: string;
  readonly reason?: string;
}
