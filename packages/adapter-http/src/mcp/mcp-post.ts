import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import {
  RawJson,
  RpcCode,
  type Caller,
  type Cancellation,
  type McpNotification,
  type McpReply,
  type RpcError,
  type Verb,
} from '@clarity-runtime/core';
import { withSignal } from '@clarity-runtime/core/internal';
import type { Exchange, McpGateway } from '@clarity-runtime/core/ports';
import {
  encodeNotification,
  encodeReply,
  type EncodedMessage,
  type JsonRpcRequest,
} from '@clarity-runtime/core/protocol';
import type { Session } from './session.ts';

/** The caller of a request and the endpoint that it uses. */
export interface McpContext {
  readonly caller: Caller;
  /** The service of `/mcp/<service>`; absent on `/mcp`. */
  readonly service?: string;
  /** Returns the challenge of a refusal for want of scopes (RFC 6750 §3.1); absent for callers without scopes. */
  readonly challenge?: (needed: readonly Verb[]) => string | undefined;
}

/** The response to a POST while its messages are processed. */
export interface ResponseSink {
  /** Cancelled when the client closes the connection. */
  readonly cancellation: Cancellation;
  /** The client accepts `text/event-stream`, so messages may precede the response. */
  readonly acceptsSse: boolean;
  notify(message: EncodedMessage): void;
  /** Starts the stream at once; false if too many streams are open. */
  openStream(): boolean;
  /**
   * Starts the stream when the reply takes long. From then on the status is 200. `id` is the JSON text of the request's id;
   * absent for a batch.
   */
  streamWhenSlow(id?: string): void;
  /** Stores the events of the response in the session, so that the client can resume it. */
  attachTo(session: Session): void;
}

/** The parts that all messages of one POST share. */
export interface IncomingPost {
  readonly headers: IncomingHttpHeaders;
  readonly context: McpContext;
  readonly sink: ResponseSink;
}

/** The answer to one POST; the body is empty without a message. */
export interface HttpAnswer {
  readonly status: number;
  readonly message?: EncodedMessage;
  readonly headers?: OutgoingHttpHeaders;
}

/** Returns an error response. `id` is the JSON text of the request's id. */
export const errorAnswer = (error: RpcError, id?: string, status = 400): HttpAnswer => ({
  status,
  message: encodeReply(id, { error }),
});

/**
 * Returns the refusal of a request whose caller would get the missing rights by a login with more scopes: 403 with the scopes
 * (MCP 2026-07-28, Authorization, "Scope Challenge Handling"); undefined for every other request.
 */
export function scopeRefusal(
  gateway: McpGateway,
  request: JsonRpcRequest,
  { caller, service, challenge }: McpContext,
): HttpAnswer | undefined {
  if (challenge === undefined || caller.offered === undefined) return undefined;
  const needed = gateway.scopesNeeded?.({ caller, ...(service === undefined ? {} : { service }) }, request);
  const value = needed === undefined ? undefined : challenge(needed);
  if (needed === undefined || value === undefined) return undefined;
  const message = `insufficient scope: log in again with ${needed.map((verb) => `mcp:${verb}`).join(' ')}`;
  const answer = errorAnswer({ code: RpcCode.invalidRequest, message }, request.id, 403);
  return { ...answer, headers: { 'www-authenticate': value } };
}

/** The reply to a question that the client of a request cannot get. */
export const CANNOT_ASK: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client cannot be asked' },
};

export const cannotAsk = (): Promise<McpReply> => Promise.resolve(CANNOT_ASK);

/** Returns the callbacks of a request: its notifications go to the sink. The signal is created at its first use. */
export function exchangeOf(
  { id }: JsonRpcRequest,
  sink: ResponseSink,
  { cancellation, ask }: { readonly cancellation: Cancellation; readonly ask: Exchange['ask'] },
): Exchange {
  return withSignal({
    cancellation,
    ask,
    id: RawJson.fromText(id),
    send: (notification: McpNotification) => {
      sink.notify(encodeNotification(notification));
    },
  });
}
