import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import type { Caller, RpcError } from '@clarity-runtime/core';
import { replyFrame, type RpcFrame } from './rpc-frame.ts';
import type { Session } from './session.ts';

export interface McpContext {
  readonly caller: Caller;
  /** The service of `/mcp/<service>`; absent on `/mcp`. */
  readonly service?: string;
}

/** Where what is said before the answer goes. */
export interface Outlet {
  /** Aborts when the client has hung up. */
  readonly gone: AbortSignal;
  /** Something can be said before the answer. */
  readonly reads: boolean;
  notify(frame: RpcFrame): void;
  /** Begins the stream at once; false when there are too many already. */
  openStream(): boolean;
  keepIn(session: Session): void;
}

/** What the messages of one POST have in common. */
export interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly context: McpContext;
  readonly outlet: Outlet;
}

/** Without a frame there is nothing to say. */
export interface Answer {
  readonly status: number;
  readonly frame?: RpcFrame;
  readonly headers?: OutgoingHttpHeaders;
}

export const refused = (error: RpcError, id?: string, status = 400): Answer => ({
  status,
  frame: replyFrame(id, { error }),
});
