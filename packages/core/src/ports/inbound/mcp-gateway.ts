import type { Caller } from '../../domain/access/caller.ts';
import type { Verb } from '../../domain/access/grant.ts';
import type { Cancellable } from '../../domain/calls/cancellation.ts';
import type { Capabilities, Era, McpNotification, McpReply, McpRequest } from '../../domain/mcp/mcp.ts';
import type { ParamHeader } from '../../domain/mcp/param-headers.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';

/** Scope of a peer: caller, era, protocol version, services. */
export interface GatewayScope {
  readonly caller: Caller;
  readonly era: Era;
  /** Protocol version, for example `2025-11-25`. */
  readonly revision: string;
  /**
   * Namespace or service id: selects one service, whose tool names stay unchanged. Absent: all services, names with a
   * prefix.
   */
  readonly service?: string;
  /** Capabilities that the client declared. */
  readonly clientCapabilities?: Capabilities;
  /** Sends a notification that belongs to no request. Undefined when the transport cannot push. */
  readonly notify?: (notification: McpNotification) => void;
}

/** MCP without its transport: requests and replies, without headers and status codes. */
export interface McpGateway {
  /** Creates a peer for one client. */
  open(scope: GatewayScope): McpPeer;
  /**
   * Returns the headers in which clients repeat arguments of a tool
   * (MCP 2026-07-28, Streamable HTTP, "Custom Headers from Tool Parameters"). Empty for an unknown tool.
   */
  paramHeaders(scope: Pick<GatewayScope, 'service' | 'caller'>, tool: string): readonly ParamHeader[];
  /**
   * Returns the verbs that a request needs if its caller lacks one of them and a login with more scopes would give it
   * (`Caller.offered`); undefined for any other request. A gateway without it refuses in band.
   */
  scopesNeeded?(scope: Pick<GatewayScope, 'service' | 'caller'>, request: McpRequest): readonly Verb[] | undefined;
}

/** The gateway for one client. `request` resolves to an error reply for every failure of the client or a service. */
export interface McpPeer {
  /** Processes one request. Rejects only for a defect of the runtime. */
  request(request: McpRequest, exchange: Exchange): Promise<McpReply>;
  /** Processes one notification of the client. Unknown methods are ignored (JSON-RPC 2.0 §4.1). */
  notify(notification: McpNotification): void;
  /** Ends the peer: subscriptions and connections of its client are released. */
  close(): void;
}

/** Callbacks to the client while one of its requests is in progress. */
export interface Exchange extends Cancellable {
  /** Aborts when the client cancels the request or disconnects. */
  readonly signal: AbortSignal;
  /** Id of the request in its original bytes. */
  readonly id?: RawJson;
  /** Sends a notification that belongs to the request. */
  send(notification: McpNotification): void;
  /** Sends a request to the client and returns its reply. */
  ask(request: McpRequest): Promise<McpReply>;
}
