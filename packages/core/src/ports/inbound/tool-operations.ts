import type { Caller } from '../../domain/access/caller.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';

/** A tool as MCP describes it: besides these members what the protocol gives it. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** A call of a tool by the program that hosts the runtime. */
export interface ToolCallRequest {
  /** As `ToolOperations.list` returns it. */
  readonly name: string;
  /** Plain JSON; none when absent. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** A namespace or a service id: `name` is then the service's own. */
  readonly service?: string;
  /** Gives the call up. */
  readonly signal?: AbortSignal;
}

/** One part of an answer: `text`, `image`, `audio`, `resource` or `resource_link`, with the members that MCP gives it. */
export interface ToolContent {
  readonly type: string;
  readonly text?: string;
  readonly [member: string]: unknown;
}

/** What a tool answered. That it failed is an answer too: `isError`, and the reason in `content`. */
export interface ToolCallResult {
  readonly content: readonly ToolContent[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  /** The whole result as it was written, for numbers that JavaScript would round. */
  readonly raw: RawJson;
}

/** The tools of all services for callers in this process, under the same policy and audit as calls of MCP clients. */
export interface ToolOperations {
  /**
   * Returns the tools that a client with this caller would list. With `service` the names are the service's own.
   * @throws ClarityError SERVICE_NOT_FOUND for an unknown `service`.
   */
  list(caller: Caller, service?: string): Promise<readonly ListedTool[]>;
  /**
   * Calls a tool. A failure that the tool reports is a result with `isError`.
   * @throws ClarityError TOOL_NOT_FOUND, SERVICE_NOT_FOUND, ARGUMENTS_INVALID, or UPSTREAM_FAILED for a protocol error.
   */
  call(caller: Caller, call: ToolCallRequest): Promise<ToolCallResult>;
}
