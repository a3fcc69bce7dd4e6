import type { Approval } from '../../domain/access/approval.ts';
import type { Caller } from '../../domain/access/caller.ts';

/**
 * Control calls of MCP clients that wait for an operator.
 * @throws ClarityError GRANT_REQUIRED for callers from the MCP endpoint or the stdio bridge, APPROVAL_NOT_FOUND for an
 * unknown or decided `id`, REVISION_CONFLICT when `digest` is not the present one.
 */
export interface ApprovalOperations {
  list(caller: Caller): Promise<readonly Approval[]>;
  /** Runs the call. A failed call does not reject: `state` is `failed` and `reason` says why. */
  approve(caller: Caller, id: string, digest?: string): Promise<Approval>;
  deny(caller: Caller, id: string, reason?: string): Promise<Approval>;
}
