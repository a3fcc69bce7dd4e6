import type { Caller } from '../domain/access/caller.ts';
import type { Cancellation } from '../domain/calls/cancellation.ts';
import type { McpNotification, McpRequest } from '../domain/mcp/mcp.ts';

/** A request in flight, as its transport sees it. */
export interface OutgoingRequest {
  readonly id: number;
  readonly request: McpRequest;
  readonly bytes: Uint8Array;
  readonly maxReplyBytes: number;
  /** The caller whose call made the request; undefined for a request of the runtime itself. */
  readonly caller?: Caller | undefined;
  /** Aborts when the request is settled; its reason is `answered` or `failed`. */
  readonly signal: AbortSignal;
  /** Cancelled when the request fails, so that its exchange ends. A reply ends the exchange by itself. */
  readonly failure: Cancellation;
  /** It has its reply, or it has failed. */
  readonly isSettled: boolean;
  /** Must be called before the service can read the request. */
  sent(): void;
}

/** Sends messages to the service. The owner of the transport passes received messages to `JsonRpcConnection.receive`. */
export interface Transport {
  /** Rejects if the request was not sent, or if a reply cannot come any more. */
  request(pending: OutgoingRequest): Promise<void>;
  notify(notification: McpNotification): void;
  /** Sends the response to a request of the service. */
  answer(bytes: Uint8Array): void;
  /** Tells the service in the way of the transport that the result of a sent request is not needed. */
  abandon(pending: OutgoingRequest): void;
}
