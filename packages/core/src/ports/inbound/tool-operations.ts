import { RawJson } from '../../domain/json/raw-json.ts';

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
  /** As `listTools` gives it. */
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
