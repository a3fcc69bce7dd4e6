import type { IncomingMessage, ServerResponse } from 'node:http';
import { RpcCode } from '@clarity-runtime/core';
import { CancellationSource } from '@clarity-runtime/core/internal';
import { encodeReply, type EncodedMessage } from '@clarity-runtime/core/protocol';
import { refusal } from '../http/request-error.ts';
import type { HttpAnswer, McpContext, ResponseSink } from './mcp-post.ts';
import type { MessageDispatcher } from './message-dispatcher.ts';
import { type Accepted, ResponseWriter } from './response-sink.ts';
import type { Session } from './session.ts';
import type { AwaitedReply, SlowReplies } from './slow-replies.ts';
import type { StreamLimiter } from './stream-handler.ts';

export interface PostRequest {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly body: Uint8Array;
  readonly context: McpContext;
  readonly accepted: Accepted;
  readonly limiter: StreamLimiter;
  readonly slowReplies: SlowReplies;
  /** Ends of the responses that are streams; the server calls them when it closes. */
  readonly openStreams: Set<() => void>;
}

const CLOSING = { code: RpcCode.internalError, message: 'the daemon is closing; the call may have been carried out' };

/**
 * Answers one POST, from its body to the last byte of the response (MCP, Streamable HTTP, "Sending Messages to the Server").
 * @throws RequestError 406 when the client accepts neither JSON nor an event stream.
 */
export async function handlePost(dispatcher: MessageDispatcher, post: PostRequest): Promise<void> {
  const { req, res, body, context, accepted } = post;
  if (!accepted.json && !accepted.stream) {
    throw refusal(406, 'REQUEST_INVALID', 'an answer is application/json or text/event-stream', { field: 'accept' });
  }
  if (res.destroyed) return;
  const sink = new PostSink(post);
  const answering = dispatcher.read(body, { headers: req.headers, context, sink });
  sink.end(typeof answering === 'function' ? await answering() : answering);
}

/** The response to one POST while its messages are processed. */
class PostSink implements ResponseSink, AwaitedReply {
  readonly cancellation = new CancellationSource();
  readonly #post: PostRequest;
  readonly #writer: ResponseWriter;
  /** JSON text of the id of a request whose reply may be slow. */
  #id: string | undefined;
  #isWaiting = false;
  #isEnded = false;
  /** Set while the response is a stream that ends with the server. */
  #onServerClose: (() => void) | undefined;

  constructor(post: PostRequest) {
    this.#post = post;
    this.#writer = new ResponseWriter(post.res, post.accepted, post.limiter.countTooSlow);
    post.res.on('close', this.#onClose);
  }

  get acceptsSse(): boolean {
    return this.#writer.acceptsSse;
  }

  notify(notification: EncodedMessage): void {
    this.#writer.notify(notification);
  }

  openStream(): boolean {
    const { limiter, res, context } = this.#post;
    if (!limiter.take(res, context.caller)) return false;
    this.#writer.openStream();
    return true;
  }

  attachTo({ events, primes }: Session): void {
    this.#writer.attachTo({ events, primes });
  }

  /** Clients limit the time to the head of a response, and a client that loses an open stream can resume it. */
  streamWhenSlow(id?: string): void {
    if (!this.acceptsSse || this.#isWaiting) return;
    this.#id = id;
    this.#isWaiting = true;
    this.#post.slowReplies.add(this);
  }

  end({ status, message, headers }: HttpAnswer): void {
    if (this.#isWaiting) this.#post.slowReplies.delete(this);
    if (this.#onServerClose !== undefined) this.#post.openStreams.delete(this.#onServerClose);
    if (this.#isEnded) return;
    // The response closes by itself after its end: that is not an abort.
    this.#post.res.off('close', this.#onClose);
    this.#writer.end(status, message, headers);
  }

  readonly #onClose = (): void => {
    this.cancellation.cancel();
  };

  isSlow(): void {
    if (this.#post.res.destroyed) return;
    this.#writer.openStream();
    // A client waits for the reply of a stream that ends without one.
    if (this.#id === undefined) return;
    this.#onServerClose = () => {
      this.#endEarly();
    };
    this.#post.openStreams.add(this.#onServerClose);
  }

  #endEarly(): void {
    this.#isEnded = true;
    this.#post.res.off('close', this.#onClose);
    this.#writer.end(200, encodeReply(this.#id, { error: CLOSING }));
    this.cancellation.cancel();
  }
}
