import type { IncomingMessage, ServerResponse } from 'node:http';
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
}

/**
 * Answers one POST, from its body to the last byte of the response (MCP, Streamable HTTP, "Sending Messages to the Server").
 * @throws RequestError 406 when the client accepts neither JSON nor an event stream.
 */
export async function handlePost(dispatcher: MessageDispatcher, post: PostRequest): Promise<void> {
  const { req, res, body, context, accepted, limiter, streamAfterMs } = post;
  if (!accepted.json && !accepted.stream) {
    throw refusal(406, 'REQUEST_INVALID', 'an answer is application/json or text/event-stream', { field: 'accept' });
  }
  if (res.destroyed) return;
  const closed = new AbortController();
  const onClose = (): void => {
    closed.abort();
  };
  res.once('close', onClose);
  const writer = new ResponseWriter(res, accepted, limiter.countTooSlow);
  let streamTimer: NodeJS.Timeout | undefined;
  const { status, message, headers } = await dispatcher.answer(body, {
    headers: req.headers,
    context,
    sink: {
      aborted: closed.signal,
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
      streamWhenSlow: () => {
        if (!writer.acceptsSse) return;
        // Clients limit the time to the head of a response, and a client that loses an open stream can resume it.
        streamTimer ??= setTimeout(() => {
          if (!res.destroyed) writer.openStream();
        }, streamAfterMs);
      },
    },
  });
  clearTimeout(streamTimer);
  // The response closes by itself after its end: that is not an abort.
  res.off('close', onClose);
  writer.end(status, message, headers);
}
