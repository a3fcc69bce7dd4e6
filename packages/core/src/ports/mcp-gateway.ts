import type { Caller } from '../domain/caller.ts';
import type { Capabilities, Era, McpNotification, McpReply, McpRequest } from '../domain/mcp.ts';

/** On whose behalf, in which era and revision, and over which services a peer speaks. */
export interface GatewayScope {
  readonly caller: Caller;
  readonly era: Era;
  readonly revision: string;
  /** A namespace or a service id: only this service, with its names untouched. All services, prefixed, when absent. */
  readonly service?: string;
  readonly clientCapabilities?: Capabilities;
}

/** Meaning of the protocol without its transport: no ids, no headers, no status codes. */
export interface McpGateway {
  open(scope: GatewayScope): McpPeer;
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
  send(notification: McpNotification): void;
  ask(request: McpRequest): Promise<McpReply>;
}
