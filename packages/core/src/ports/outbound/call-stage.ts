import type { Caller } from '../../domain/access/caller.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { Cancellable } from '../../domain/calls/cancellation.ts';
import type { McpParams, McpReply } from '../../domain/mcp/mcp.ts';
import type { Service } from '../../domain/services/service.ts';

/** One `tools/call` on its way to a service: the object that every stage of the call pipeline receives. */
export interface ToolCall extends Cancellable {
  readonly service: Service;
  /** Name of the tool at the service. */
  readonly tool: string;
  readonly caller: Caller;
  readonly params: McpParams;
  /** Aborts when the client cancels the call. */
  readonly signal: AbortSignal;
  /** Bytes of the parameters as the client wrote them. */
  readonly requestBytes: number;
  /** Limits of the next attempt. Stage `policy` sets them, stage `recover` subtracts the time that a restart took. */
  limits: CallLimits;
  /** The service may have read the request of the current attempt. */
  isSent: boolean;
  /** Sends progress to a client that requested it, while the call waits for its service. */
  reportWaiting?(): void;
}

/** One step of the call pipeline. Stages of an embedder run between the route and stage `policy`. */
export interface CallStage {
  readonly name: string;
  /** Passes the call on with `next`, or rejects with a `ClarityError` that the client receives as a tool error. */
  run<C extends ToolCall>(call: C, next: (call: C) => Promise<McpReply>): Promise<McpReply>;
}
