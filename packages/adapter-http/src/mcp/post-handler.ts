import type { IncomingMessage, ServerResponse } from 'node:http';
import { RpcCode } from '@clarity-runtime/core';
import { CancellationSource } from '@clarity-runtime/core/internal';
import { encodeReply } from '@clarity-runtime/core/protocol';
import { refusal } from '../http/request-error.ts';
import type { McpContext } from './mcp-post.ts';
import type { MessageDispatcher } from './message-dispatcher.ts';
import { type Accepted, ResponseWriter } from './response-sink.ts';
import type { StreamLimiter } from './stream-handler.ts';

export interface PostRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly body: Uint8Array;
  readonly context: McpContext;
  readonly accepted: Accepted;
  readonly limiter: StreamLimiter;
  /** Milliseconds without a reply after which the response becomes a stream. */
  readonly streamAfterMs: number;
  /** Ends of the responses that are streams; the server calls them when it closes. */
  readonly openStreams: Set<() => void>;
}

const CLOSING = { code: RpcCode.internalError, message: 'the daemon is closing; the call may have been carried out' };

/**
 * Answers one POST, from its body to the last byte of the response (MCP, Streamable HTTP, "Sending Messages to the Server").
 * @throws RequestError 406 when the client accepts neither JSON nor an event stream.
 */
export async function handlePost(dispatcher: MessageDispatcher, post: PostRequest): Promise<void> {
  const { req, res, body, context, accepted, limiter, streamAfterMs, openStreams } = post;
  if (!accepted.json && !accepted.stream) {
    throw refusal(406, 'REQUEST_INVALID', 'an answer is application/json or text/event-stream', { field: 'accept' });
  }
  if (res.destroyed) return;
  const closed = new CancellationSource();
  const onClose = (): void => {
    closed.cancel();
  };
  res.on('close', onClose);
  const writer = new ResponseWriter(res, accepted, limiter.countTooSlow);
  let streamTimer: NodeJS.Timeout | undefined;
  const slow: { end?: () => void; isEnded: boolean } = { isEnded: false };
  const answering = dispatcher.read(body, {
    headers: req.headers,
    context,
    sink: {
      cancellation: closed,
      acceptsSse: writer.acceptsSse,
      notify: (notification) => {
        writer.notify(notification);
      },
      openStream: () => {
        if (!limiter.take(res, context.caller)) return false;
        writer.openStream();
        return true;
      },
      attachTo: (session) => {
        writer.attachTo({ events: session.events, primes: session.primes });
      },
      streamWhenSlow: (id) => {
        if (!writer.acceptsSse) return;
        // Clients limit the time to the head of a response, and a client that loses an open stream can resume it.
        streamTimer ??= setTimeout(() => {
          if (res.destroyed) return;
          writer.openStream();
          if (id === undefined) return;
          // A client waits for the reply of a stream that ends without one.
          slow.end = () => {
            slow.isEnded = true;
            res.off('close', onClose);
            writer.end(200, encodeReply(id, { error: CLOSING }));
            closed.cancel();
          };
          openStreams.add(slow.end);
        }, streamAfterMs);
      },
    },
  });
  const { status, message, headers } = typeof answering === 'function' ? await answering() : answering;
  clearTimeout(streamTimer);
  if (slow.end !== undefined) openStreams.delete(slow.end);
  if (slow.isEnded) return;
  // The response closes by itself after its end: that is not an abort.
  res.off('close', onClose);
  writer.end(status, message, headers);
}
