import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Caller, RpcError } from '@clarity-runtime/core';
import { replyFrame, type EncodedMessage } from './rpc-frame.ts';
import type { Session } from './session.ts';

export interface McpContext {
  readonly caller: Caller;
  /** The service of `/mcp/<service>`; absent on `/mcp`. */
  readonly service?: string;
}

/** Where what is said before the answer goes. */
export interface ResponseSink {
  /** Aborts when the client has hung up. */
  readonly gone: AbortSignal;
  /** Something can be said before the answer. */
  readonly reads: boolean;
  notify(frame: EncodedMessage): void;
  /** Begins the stream at once; false when there are too many already. */
  openStream(): boolean;
  keepIn(session: Session): void;
}

/** What the messages of one POST have in common. */
export interface IncomingPost {
  readonly headers: IncomingHttpHeaders;
  readonly context: McpContext;
  readonly outlet: ResponseSink;
}

/** Without a frame there is nothing to say. */
export interface HttpAnswer {
  readonly status: number;
  readonly frame?: EncodedMessage;
  readonly headers?: OutgoingHttpHeaders;
}

export const refused = (error: RpcError, id?: string, status = 400): HttpAnswer => ({
  status,
  frame: replyFrame(id, { error }),
});
