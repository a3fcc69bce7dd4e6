import type { Caller } from '../../domain/access/caller.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';

/** A tool definition (MCP 2025-11-25, Tools, "Tool"), with all other members that the service sent. */
export interface ListedTool {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  readonly [member: string]: unknown;
}

/** Progress of a call. `total` and `message` are as the service sends them. */
export interface ToolProgress {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

/** A tool call of the embedder. */
export interface ToolCallRequest {
  /** Name from `ToolOperations.list`. */
  readonly name: string;
  /** Plain JSON; empty if absent. */
  readonly arguments?: Readonly<Record<string, unknown>>;
  /** A JSON object in place of `arguments`, passed on with every digit. */
  readonly rawArguments?: RawJson;
  /** Namespace or service id. With it `name` is the upstream name. */
  readonly service?: string;
  /** Aborts the call. */
  readonly signal?: AbortSignal;
  /** Called for each progress that the service reports (MCP 2025-11-25, "Progress"). */
  readonly onProgress?: (progress: ToolProgress) => void;
}

/**
 * One content block of a result (MCP 2025-11-25, Tools, "Tool Result"): `text`, `image`, `audio`, `resource` or
 * `resource_link`.
 */
export interface ToolContent {
  readonly type: string;
  readonly text?: string;
  readonly [member: string]: unknown;
}

/** Result of a tool. With `isError` the tool failed and `content` has the reason. */
export interface ToolCallResult {
  readonly content: readonly ToolContent[];
  readonly structuredContent?: Readonly<Record<string, unknown>>;
  readonly isError: boolean;
  /** The whole result in its original bytes, for numbers that JavaScript would round. */
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
