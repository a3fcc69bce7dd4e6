import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusal } from '../http/request-error.ts';
import { type Accepted, ResponseWriter } from './response-sink.ts';
import type { McpContext } from './mcp-post.ts';
import type { MessageDispatcher } from './message-dispatcher.ts';
import type { StreamLimiter } from './stream-handler.ts';

export interface Posted {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly body: Uint8Array;
  readonly context: McpContext;
  readonly accepted: Accepted;
  readonly slots: StreamLimiter;
  /** Milliseconds after which an answer that can be resumed becomes a stream. */
  readonly streamAfterMs: number;
}

/** Serves one POST, from its body to the answer's last byte. */
export async function handlePost(server: MessageDispatcher, posted: Posted): Promise<void> {
  const { req, res, body, context, accepted, slots, streamAfterMs } = posted;
  if (!accepted.json && !accepted.stream) {
    throw refusal(406, 'REQUEST_INVALID', 'an answer is application/json or text/event-stream', { field: 'accept' });
  }
  if (res.destroyed) return;
  const gone = new AbortController();
  const hangUp = (): void => {
    gone.abort();
  };
  res.once('close', hangUp);
  const writer = new ResponseWriter(res, accepted, slots.tooSlow);
  let slow: NodeJS.Timeout | undefined;
  const { status, frame, headers } = await server.answer(body, {
    headers: req.headers,
    context,
    outlet: {
      gone: gone.signal,
      reads: writer.reads,
      notify: (said) => {
        writer.notify(said);
      },
      openStream: () => {
        if (!slots.take(res)) return false;
        writer.openStream();
        return true;
      },
      keepIn: (session) => {
        writer.keepIn({ events: session.events, primes: session.primes });
        if (!session.primes || !writer.reads) return;
        // From then on a client that loses its connection can still come for the answer.
        slow ??= setTimeout(() => {
          if (!res.destroyed) writer.openStream();
        }, streamAfterMs);
      },
    },
  });
  clearTimeout(slow);
  // From here on the response's close is its end.
  res.off('close', hangUp);
  writer.end(status, frame, headers);
}
