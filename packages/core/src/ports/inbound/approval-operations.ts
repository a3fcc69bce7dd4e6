import type { Approval } from '../../domain/access/approval.ts';
import type { Caller } from '../../domain/access/caller.ts';

/** What clients asked for over MCP and an operator decides on. Refuses callers of the doors that models come through. */
export interface ApprovalOperations {
  list(caller: Caller): Promise<readonly Approval[]>;
  /** Does it. Whether it went well stands in the answer. */
  approve(caller: Caller, id: string): Promise<Approval>;
  deny(caller: Caller, id: string, reason?: string): Promise<Approval>;
}
