import { RpcCode, type Cancellation, type Era, type McpReply, type McpNotification } from '@clarity-runtime/core';
import { toCancellation } from '@clarity-runtime/core/internal';
import type { Exchange, McpGateway } from '@clarity-runtime/core/ports';
import {
  acceptHandshake,
  encodeBatch,
  encodeReply,
  interpretEnvelope,
  invalidRequest,
  readMessage,
  scanEnvelope,
  scanItems,
  type JsonRpcMessage,
  type JsonRpcRequest,
  type ProtocolClassification,
} from '@clarity-runtime/core/protocol';
import { requestErrorOf } from '../http/error-map.ts';
import { paramHeaderError } from './header-validation.ts';
import {
  CANNOT_ASK,
  cannotAsk,
  errorAnswer,
  exchangeOf,
  scopeRefusal,
  type HttpAnswer,
  type IncomingPost,
} from './mcp-post.ts';
import {
  BATCH_REVISION,
  classifyLegacy,
  classifyNotification,
  classifyRequest,
  gatewayScope,
} from './protocol-classification.ts';
import { markedRequest } from './hop-marks.ts';
import { findSession, type SessionStore } from './session-store.ts';
import type { Session } from './session.ts';

/** MCP 2026-07-28, Streamable HTTP: status codes of error responses. */
const MODERN_STATUS: ReadonlyMap<number, number> = new Map([
  [RpcCode.methodNotFound, 404],
  [RpcCode.headerMismatch, 400],
  [RpcCode.missingClientCapability, 400],
  [RpcCode.unsupportedProtocolVersion, 400],
]);

/** Returns the status code of a reply of the gateway. Legacy revisions use 200 for every reply. */
export const statusOf = (era: Era, reply: McpReply): number =>
  era === 'modern' && 'error' in reply ? (MODERN_STATUS.get(reply.error.code) ?? 200) : 200;

/** Passes a notification to its session. Returns an answer only if the notification is rejected. */
export function acceptNotification(
  sessions: SessionStore,
  notification: McpNotification,
  post: IncomingPost,
): HttpAnswer | undefined {
  const classification = classifyNotification(post.headers, notification);
  if ('code' in classification) return errorAnswer(classification);
  const found = classification.era === 'modern' ? undefined : findSession(sessions, post);
  if (found !== undefined && 'error' in found) return errorAnswer(found.error, undefined, found.status);
  found?.notify(notification);
  return undefined;
}

/** Passes the response of a client to its session. Only legacy clients receive requests, so only they may respond. */
export function acceptResponse(
  sessions: SessionStore,
  { id, reply }: Extract<JsonRpcMessage, { kind: 'reply' }>,
  post: IncomingPost,
): HttpAnswer | undefined {
  if ('code' in classifyLegacy(post.headers)) return errorAnswer(invalidRequest('a response answers nothing here'));
  const found = findSession(sessions, post);
  if (found !== undefined && 'error' in found) return errorAnswer(found.error, undefined, found.status);
  if (id !== undefined) found?.answer(id, reply);
  return undefined;
}

const MAX_BATCH = 50;
const MESSAGE_MEMBERS = ['params'];
const ACCEPTED: HttpAnswer = { status: 202 };
type Answering = () => Promise<HttpAnswer>;

export interface MessageDispatcherOptions {
  /** Receives one line for each unexpected error. */
  readonly report: (line: string) => void;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  readonly gatewayId: string | undefined;
}

/** Dispatches the messages of a POST to a gateway peer or a session, and gives each reply the id of its request. */
export class MessageDispatcher {
  readonly #gateway: McpGateway;
  readonly #sessions: SessionStore;
  readonly #options: MessageDispatcherOptions;

  constructor(gateway: McpGateway, sessions: SessionStore, options: MessageDispatcherOptions) {
    this.#gateway = gateway;
    this.#sessions = sessions;
    this.#options = options;
  }

  /**
   * Reads a whole body. Returns its answer, or the function that gets the answer from the gateway and never rejects; that
   * one is bound, so that the call path has no wrapper here.
   */
  read(body: Uint8Array, post: IncomingPost): HttpAnswer | Answering {
    const envelope = scanEnvelope(body, MESSAGE_MEMBERS);
    if (envelope.kind === 'array') return this.#batch.bind(this, body, post);
    const message = interpretEnvelope(envelope, 'client');
    if (message.kind !== 'request') return this.#other(message, post);
    const classification = classifyRequest(post.headers, message.request);
    if ('code' in classification) return errorAnswer(classification, message.request.id);
    const request = markedRequest(message.request, classification, this.#options.gatewayId);
    if ('status' in request) return request;
    const refused = scopeRefusal(this.#gateway, request, post.context);
    if (refused !== undefined) return refused;
    if (classification.era === 'modern') {
      const problem = paramHeaderError(this.#gateway, request, post);
      if (problem !== undefined) return errorAnswer(problem, request.id);
      if (request.method === 'subscriptions/listen') return this.#listen(request, classification, post);
      post.sink.streamWhenSlow(request.id);
      return this.#stateless.bind(this, request, classification, post);
    }
    if (request.method === 'initialize') return this.#handshake.bind(this, request, classification, post);
    const found = findSession(this.#sessions, post);
    if (found === undefined) {
      post.sink.streamWhenSlow(request.id);
      return this.#stateless.bind(this, request, classification, post);
    }
    if ('error' in found) return errorAnswer(found.error, request.id, found.status);
    post.sink.attachTo(found);
    post.sink.streamWhenSlow(request.id);
    return this.#inSession.bind(this, request, found, post);
  }

  async #batch(body: Uint8Array, post: IncomingPost): Promise<HttpAnswer> {
    const found = findSession(this.#sessions, post);
    if (found !== undefined && 'error' in found) return errorAnswer(found.error, undefined, found.status);
    const classification = classifyLegacy(post.headers);
    if (found === undefined || 'code' in classification || found.facts.revision !== BATCH_REVISION) {
      return errorAnswer(invalidRequest(`only a session of revision ${BATCH_REVISION} has batches`));
    }
    const items = scanItems(body, MAX_BATCH);
    if (items === undefined) return errorAnswer(invalidRequest(`a batch may have ${String(MAX_BATCH)} messages`));
    if (items.length === 0) return errorAnswer(invalidRequest('the batch is empty'));
    post.sink.attachTo(found);
    post.sink.streamWhenSlow();
    const answers = await Promise.all(
      items.map(({ bytes }) => this.#batched(readMessage(bytes, 'client'), post, found)),
    );
    const replies = answers.flatMap(({ message }) => message ?? []);
    return replies.length === 0 ? ACCEPTED : { status: 200, message: encodeBatch(replies) };
  }

  async #batched(message: JsonRpcMessage, post: IncomingPost, session: Session): Promise<HttpAnswer> {
    if (message.kind !== 'request') return this.#other(message, post);
    const classification = classifyRequest(post.headers, message.request);
    if ('code' in classification) return errorAnswer(classification, message.request.id);
    const request = markedRequest(message.request, classification, this.#options.gatewayId);
    if ('status' in request) return request;
    if (classification.era === 'legacy' && request.method !== 'initialize')
      return this.#inSession(request, session, post);
    return errorAnswer(invalidRequest('this request cannot be part of a batch'), request.id);
  }

  #other(message: Exclude<JsonRpcMessage, { kind: 'request' }>, post: IncomingPost): HttpAnswer {
    switch (message.kind) {
      case 'invalid':
        return errorAnswer(message.error, message.id);
      case 'reply':
        return acceptResponse(this.#sessions, message, post) ?? ACCEPTED;
      case 'notification':
        return acceptNotification(this.#sessions, message.notification, post) ?? ACCEPTED;
    }
  }

  async #handshake(
    request: JsonRpcRequest,
    classification: ProtocolClassification,
    post: IncomingPost,
  ): Promise<HttpAnswer> {
    const answer = await this.#stateless(request, classification, post);
    const facts = answer.reply === undefined ? undefined : acceptHandshake(request, answer.reply);
    if (facts === undefined) return answer;
    return { ...answer, headers: { 'mcp-session-id': this.#sessions.mint(facts, post.context) } };
  }

  #listen(request: JsonRpcRequest, classification: ProtocolClassification, post: IncomingPost): HttpAnswer | Answering {
    if (!post.sink.openStream()) {
      return errorAnswer({ code: RpcCode.internalError, message: 'too many streams are open' }, request.id, 503);
    }
    const cancellation = toCancellation({
      signal: AbortSignal.any([post.sink.cancellation.signal, this.#options.closing]),
    });
    return this.#stateless.bind(this, request, classification, post, cancellation);
  }

  /** Serves a request without a session. A closed connection cancels it: the client cannot fetch the reply later. */
  async #stateless(
    request: JsonRpcRequest,
    classification: ProtocolClassification,
    post: IncomingPost,
    cancellation: Cancellation = post.sink.cancellation,
  ): Promise<HttpAnswer & { readonly reply?: McpReply }> {
    const peer = this.#gateway.open(gatewayScope(classification, post.context));
    const exchange = exchangeOf(request, post.sink, { cancellation, ask: cannotAsk });
    try {
      const reply = await peer.request({ method: request.method, params: request.params }, exchange);
      return answerOf(classification.era, request, reply);
    } catch (error) {
      return this.#failed(request, error);
    } finally {
      peer.close();
    }
  }

  #inSession(request: JsonRpcRequest, session: Session, post: IncomingPost): Promise<HttpAnswer> {
    const { sink } = post;
    return session.run(request.id, async (cancellation) => {
      const ask: Exchange['ask'] = (asked) =>
        sink.acceptsSse
          ? session.request(asked, cancellation, (message) => {
              sink.notify(message);
            })
          : Promise.resolve(CANNOT_ASK);
      const exchange = exchangeOf(request, sink, { cancellation, ask });
      try {
        const reply = await session.peer.request({ method: request.method, params: request.params }, exchange);
        return cancellation.isCancelled ? ACCEPTED : answerOf('legacy', request, reply);
      } catch (error) {
        const failure = this.#failed(request, error);
        return cancellation.isCancelled ? ACCEPTED : failure;
      }
    });
  }

  #failed({ id }: JsonRpcRequest, error: unknown): HttpAnswer {
    const { message } = requestErrorOf(error, this.#options.report);
    return { status: 500, message: encodeReply(id, { error: { code: RpcCode.internalError, message } }) };
  }
}

const answerOf = (era: Era, { id }: JsonRpcRequest, reply: McpReply): HttpAnswer & { readonly reply: McpReply } => ({
  status: statusOf(era, reply),
  message: encodeReply(id, reply),
  reply,
});
