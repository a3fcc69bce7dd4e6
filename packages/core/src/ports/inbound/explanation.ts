import type { Caller } from '../../domain/access/caller.ts';
import type { ErrorCode } from '../../domain/errors/error-table.ts';
import type { Era } from '../../domain/mcp/mcp.ts';
import type { Health, Lifecycle, Service } from '../../domain/services/service.ts';

/**
 * Visibility of a tool for a caller.
 * `visible`: listed under its own name. `renamed`: listed under another name. `hidden`: callable, but not listed.
 * `unreachable`: the service is not running, its circuit is open, or it does not respond.
 */
export type ToolVisibility = 'visible' | 'renamed' | 'hidden' | 'denied' | 'quarantined' | 'unreachable' | 'unknown';

/** One reason of a visibility. */
export interface ExplainedReason {
  readonly code:
    | ErrorCode
    | 'LISTED'
    | 'NAME_SET'
    | 'NAME_CLEANED'
    | 'NAME_CUT'
    | 'NAME_TAKEN'
    | 'ALIAS'
    | 'HIDDEN'
    | 'UNWELL'
    | 'MODELS_REFUSE';
  readonly text: string;
  /** How to change it; absent if nothing has to change. */
  readonly hint?: string;
}

/** Reasons why a caller sees a tool or not. Equal facts give an equal explanation. */
export interface Explanation {
  /** The requested name, unchanged. */
  readonly tool: string;
  readonly visibility: ToolVisibility;
  /** A call would reach the service. */
  readonly callable: boolean;
  /** Name of the tool at the shared endpoint. */
  readonly name?: string;
  readonly service?: {
    readonly serviceId: string;
    readonly namespace: string;
    readonly lifecycle: Lifecycle;
    readonly health: Health;
    /** Era of the connection, while the service is running. */
    readonly era?: Era;
  };
  /** The deciding reason is first. */
  readonly reasons: readonly ExplainedReason[];
}

/** Service and upstream name of a tool. */
export interface ToolRoute {
  readonly service: Service;
  readonly tool: string;
}

/** Explains the visibility of a tool. */
export interface ExplainOperation {
  /** Returns why `subject`, or else `caller`, sees the tool as it does. */
  explain(caller: Caller, tool: string, subject?: Caller): Promise<Explanation>;
}
