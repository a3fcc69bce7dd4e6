import type { IncomingMessage, ServerResponse } from 'node:http';
import { RpcCode, type McpReply } from '@clarity-runtime/core';
import { refusal } from '../http/http-refusal.ts';
import type { Accepted } from './accepted.ts';
import { ReplyWriter } from './reply-writer.ts';
import { notificationFrame } from './rpc-frame.ts';
import type { McpContext, RpcServer } from './rpc-server.ts';

export interface Posted {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly body: Uint8Array;
  readonly context: McpContext;
  readonly accepted: Accepted;
}

const CANNOT_ASK: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client cannot be asked' },
};

/** Serves one POST, from its body to the answer's last byte. A client that hangs up before has cancelled what it asked. */
export async function servePost(server: RpcServer, { req, res, body, context, accepted }: Posted): Promise<void> {
  if (!accepted.json && !accepted.stream) {
    throw refusal(406, 'REQUEST_INVALID', 'an answer is application/json or text/event-stream', { field: 'accept' });
  }
  if (res.destroyed) return;
  const gone = new AbortController();
  const hangUp = (): void => {
    gone.abort();
  };
  res.once('close', hangUp);
  const writer = new ReplyWriter(res, accepted);
  const { status, frame } = await server.answer(body, {
    headers: req.headers,
    context,
    exchange: {
      signal: gone.signal,
      send: (notification) => {
        writer.notify(notificationFrame(notification));
      },
      ask: () => Promise.resolve(CANNOT_ASK),
    },
  });
  // From here on the response's close is its end.
  res.off('close', hangUp);
  writer.end(status, frame);
}
