import type { Caller } from '../../domain/access/caller.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { Era } from '../../domain/mcp/mcp.ts';
import type { Health, Lifecycle, Service } from '../../domain/services/service.ts';

/**
 * `visible`: listed under its own name. `renamed`: the same under another. `hidden`: callable, not listed. `unreachable`: its
 * service does not run, is kept from calls, or does not answer.
 */
export type ToolVisibility = 'visible' | 'renamed' | 'hidden' | 'denied' | 'quarantined' | 'unreachable' | 'unknown';

export interface ExplainedReason {
  readonly code:
    ErrorCode | 'LISTED' | 'NAME_SET' | 'NAME_CLEANED' | 'NAME_CUT' | 'NAME_TAKEN' | 'ALIAS' | 'HIDDEN' | 'UNWELL';
  readonly text: string;
  /** The mend, where there is something to mend. */
  readonly hint?: string;
}

/** Why a caller sees a tool as it does. The same facts give the same answer. */
export interface Explanation {
  /** As it was asked for. */
  readonly tool: string;
  readonly visibility: ToolVisibility;
  /** A call would be sent to its service. */
  readonly callable: boolean;
  /** Its name on the shared endpoint. */
  readonly name?: string;
  readonly service?: {
    readonly serviceId: string;
    readonly namespace: string;
    readonly lifecycle: Lifecycle;
    readonly health: Health;
    /** The era that it speaks, while it runs. */
    readonly era?: Era;
  };
  /** What decides comes first. */
  readonly reasons: readonly ExplainedReason[];
}

/** Where the name of a tool leads; `tool` is the service's own name. */
export interface ToolRoute {
  readonly service: Service;
  readonly tool: string;
}

/** Explains the visibility of a tool. */
export interface ExplainOperation {
  /** Returns why `subject`, or else `caller`, sees the tool as it does. */
  explain(caller: Caller, tool: string, subject?: Caller): Promise<Explanation>;
}
