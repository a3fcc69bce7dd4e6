import type { Caller } from '../../domain/access/caller.ts';
import type { Capabilities, Era, McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { ParamHeader } from '../../domain/mcp/param-headers.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';

/** On whose behalf, in which era and revision, and over which services a peer speaks. */
export interface GatewayScope {
  readonly caller: Caller;
  readonly era: Era;
  readonly revision: string;
  /** A namespace or a service id: only this service, with its names untouched. All services, prefixed, when absent. */
  readonly service?: string;
  readonly clientCapabilities?: Capabilities;
  /** Tells the client what belongs to none of its requests. Absent where no road leads to it. */
  readonly notify?: (notification: McpNotification) => void;
}

/** Meaning of the protocol without its transport: no headers, no status codes. */
export interface McpGateway {
  open(scope: GatewayScope): McpPeer;
  /**
   * Returns the headers in which clients repeat arguments of a tool
   * (MCP 2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters"). Empty for an unknown tool.
   */
  paramHeaders(scope: Pick<GatewayScope, 'service' | 'caller'>, tool: string): readonly ParamHeader[];
}

/** One client. `request` never rejects for what a client or a service did: that is an error reply. */
export interface McpPeer {
  request(request: McpRequest, exchange: Exchange): Promise<McpReply>;
  notify(notification: McpNotification): void;
  close(): void;
}

/** The road back to the client while one request is being served. */
export interface Exchange {
  readonly signal: AbortSignal;
  /** The request's id as its client wrote it. */
  readonly id?: RawJson;
  send(notification: McpNotification): void;
  ask(request: McpRequest): Promise<McpReply>;
}
