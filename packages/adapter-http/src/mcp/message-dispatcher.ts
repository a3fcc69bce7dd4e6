import { RpcCode, type Era, type McpReply, type McpNotification, RawJson } from '@clarity-runtime/core';
import {
  legacyDialect,
  classifyNotification,
  BATCH_REVISION,
  classifyRequest,
  gatewayScope,
  type ProtocolClassification,
} from './protocol-classification.ts';
import { invalidRequest, type RpcMessage, readMessage, type RpcRequest } from './rpc-message.ts';
import { refused, type HttpAnswer, type IncomingPost, type ResponseSink } from './mcp-post.ts';
import { findSession, type SessionStore } from './session-store.ts';
import type { Exchange, McpGateway } from '@clarity-runtime/core/ports';
import { scanEnvelope, scanItems } from '@clarity-runtime/core/protocol';
import { requestErrorOf } from '../http/error-map.ts';
import { acceptHandshake } from './session-id.ts';
import { paramHeaderError } from './header-validation.ts';
import { batchFrame, notificationFrame, replyFrame } from './rpc-frame.ts';
import type { Session } from './session.ts';

const modernStatus: ReadonlyMap<number, number> = new Map([
  [RpcCode.methodNotFound, 404],
  [RpcCode.headerMismatch, 400],
  [RpcCode.missingClientCapability, 400],
  [RpcCode.unsupportedProtocolVersion, 400],
]);

/** The status code of a reply that the gateway gave: the legacy revisions know none but 200. */
export const statusOf = (era: Era, reply: McpReply): number =>
  era === 'modern' && 'error' in reply ? (modernStatus.get(reply.error.code) ?? 200) : 200;

/** Takes what has no answer; an answer is why it was not taken. */
export function acceptNotification(
  sessions: SessionStore,
  notification: McpNotification,
  post: IncomingPost,
): HttpAnswer | undefined {
  const dialect = classifyNotification(post.headers, notification);
  if ('code' in dialect) return refused(dialect);
  const found = dialect.era === 'modern' ? undefined : findSession(sessions, post);
  if (found !== undefined && 'error' in found) return refused(found.error, undefined, found.status);
  found?.notify(notification);
  return undefined;
}

/** Takes what a client answers to something that it was asked: only a legacy client is ever asked. */
export function acceptResponse(
  sessions: SessionStore,
  { id, reply }: Extract<RpcMessage, { kind: 'response' }>,
  post: IncomingPost,
): HttpAnswer | undefined {
  if ('code' in legacyDialect(post.headers)) return refused(invalidRequest('a response answers nothing here'));
  const found = findSession(sessions, post);
  if (found !== undefined && 'error' in found) return refused(found.error, undefined, found.status);
  if (id !== undefined) found?.answer(id, reply);
  return undefined;
}

const MAX_BATCH = 50;
const ACCEPTED: HttpAnswer = { status: 202 };
const CANNOT_ASK: McpReply = {
  error: { code: RpcCode.methodNotFound, message: 'method not found: this client cannot be asked' },
};

export interface MessageDispatcherOptions {
  readonly report: (line: string) => void;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
}

/** Answers messages: finds out how each is meant, asks the gateway, and gives the reply the id of its request. */
export class MessageDispatcher {
  readonly #gateway: McpGateway;
  readonly #sessions: SessionStore;
  readonly #setting: MessageDispatcherOptions;

  constructor(gateway: McpGateway, sessions: SessionStore, setting: MessageDispatcherOptions) {
    this.#gateway = gateway;
    this.#sessions = sessions;
    this.#setting = setting;
  }

  /** Answers a whole body. Never rejects. */
  async answer(body: Uint8Array, post: IncomingPost): Promise<HttpAnswer> {
    const envelope = scanEnvelope(body);
    if (envelope.kind === 'array') return this.#batch(body, post);
    const message = readMessage(envelope);
    if (message.kind !== 'request') return this.#other(message, post);
    const { request } = message;
    const dialect = classifyRequest(post.headers, request);
    if ('code' in dialect) return refused(dialect, request.id);
    if (dialect.era === 'modern') {
      const problem = paramHeaderError(this.#gateway, request, post);
      if (problem !== undefined) return refused(problem, request.id);
      return request.method === 'subscriptions/listen'
        ? this.#listen(request, dialect, post)
        : this.#alone(request, dialect, post);
    }
    if (request.method === 'initialize') return this.#handshake(request, dialect, post);
    const found = findSession(this.#sessions, post);
    if (found === undefined) return this.#alone(request, dialect, post);
    if ('error' in found) return refused(found.error, request.id, found.status);
    post.outlet.keepIn(found);
    return this.#inSession(request, found, post);
  }

  async #batch(body: Uint8Array, post: IncomingPost): Promise<HttpAnswer> {
    const found = findSession(this.#sessions, post);
    if (found !== undefined && 'error' in found) return refused(found.error, undefined, found.status);
    const dialect = legacyDialect(post.headers);
    if (found === undefined || 'code' in dialect || found.facts.revision !== BATCH_REVISION) {
      return refused(invalidRequest(`only a session of revision ${BATCH_REVISION} has batches`));
    }
    const items = scanItems(body, MAX_BATCH);
    if (items === undefined) return refused(invalidRequest(`a batch may have ${String(MAX_BATCH)} messages`));
    if (items.length === 0) return refused(invalidRequest('the batch is empty'));
    post.outlet.keepIn(found);
    const answers = await Promise.all(
      items.map(({ bytes }) => this.#batched(readMessage(scanEnvelope(bytes)), post, found)),
    );
    const frames = answers.flatMap(({ frame }) => frame ?? []);
    return frames.length === 0 ? ACCEPTED : { status: 200, frame: batchFrame(frames) };
  }

  async #batched(message: RpcMessage, post: IncomingPost, session: Session): Promise<HttpAnswer> {
    if (message.kind !== 'request') return this.#other(message, post);
    const { request } = message;
    const dialect = classifyRequest(post.headers, request);
    if ('code' in dialect) return refused(dialect, request.id);
    if (dialect.era === 'legacy' && request.method !== 'initialize') return this.#inSession(request, session, post);
    return refused(invalidRequest('this request cannot be part of a batch'), request.id);
  }

  #other(message: Exclude<RpcMessage, { kind: 'request' }>, post: IncomingPost): HttpAnswer {
    switch (message.kind) {
      case 'invalid':
        return refused(message.error, message.id);
      case 'response':
        return acceptResponse(this.#sessions, message, post) ?? ACCEPTED;
      case 'notification':
        return acceptNotification(this.#sessions, message.notification, post) ?? ACCEPTED;
    }
  }

  async #handshake(request: RpcRequest, dialect: ProtocolClassification, post: IncomingPost): Promise<HttpAnswer> {
    const answer = await this.#alone(request, dialect, post);
    const facts = answer.reply === undefined ? undefined : acceptHandshake(request, answer.reply);
    if (facts === undefined) return answer;
    return { ...answer, headers: { 'mcp-session-id': this.#sessions.mint(facts, post.context) } };
  }

  #listen(request: RpcRequest, dialect: ProtocolClassification, post: IncomingPost): Promise<HttpAnswer> | HttpAnswer {
    if (!post.outlet.openStream()) {
      return refused({ code: RpcCode.internalError, message: 'too many streams are open' }, request.id, 503);
    }
    const gone = AbortSignal.any([post.outlet.gone, this.#setting.closing]);
    return this.#alone(request, dialect, { ...post, outlet: { ...post.outlet, gone } });
  }

  /** A client that hangs up has cancelled: nothing else could tell, and nobody will come for the answer. */
  async #alone(
    request: RpcRequest,
    dialect: ProtocolClassification,
    post: IncomingPost,
  ): Promise<HttpAnswer & { readonly reply?: McpReply }> {
    const { outlet } = post;
    const peer = this.#gateway.open(gatewayScope(dialect, post.context));
    const exchange = this.#exchange(request, outlet, { signal: outlet.gone, ask: () => Promise.resolve(CANNOT_ASK) });
    try {
      const reply = await peer.request({ method: request.method, params: request.params }, exchange);
      return answerOf(dialect.era, request, reply);
    } catch (error) {
      return this.#failed(request, error);
    } finally {
      peer.close();
    }
  }

  #inSession(request: RpcRequest, session: Session, post: IncomingPost): Promise<HttpAnswer> {
    const { outlet } = post;
    return session.run(request.id, async (signal) => {
      const ask: Exchange['ask'] = (asked) =>
        outlet.reads
          ? session.request(asked, signal, (frame) => {
              outlet.notify(frame);
            })
          : Promise.resolve(CANNOT_ASK);
      const exchange = this.#exchange(request, outlet, { signal, ask });
      try {
        const reply = await session.peer.request({ method: request.method, params: request.params }, exchange);
        return signal.aborted ? ACCEPTED : answerOf('legacy', request, reply);
      } catch (error) {
        const failure = this.#failed(request, error);
        return signal.aborted ? ACCEPTED : failure;
      }
    });
  }

  #exchange({ id }: RpcRequest, outlet: ResponseSink, road: Pick<Exchange, 'signal' | 'ask'>): Exchange {
    return {
      ...road,
      id: RawJson.fromText(id),
      send: (notification) => {
        outlet.notify(notificationFrame(notification));
      },
    };
  }

  #failed({ id }: RpcRequest, error: unknown): HttpAnswer {
    const { message } = requestErrorOf(error, this.#setting.report);
    return { status: 500, frame: replyFrame(id, { error: { code: RpcCode.internalError, message } }) };
  }
}

const answerOf = (era: Era, { id }: RpcRequest, reply: McpReply): HttpAnswer & { readonly reply: McpReply } => ({
  status: statusOf(era, reply),
  frame: replyFrame(id, reply),
  reply,
});
