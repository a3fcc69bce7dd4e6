import type { IncomingHttpHeaders } from 'node:http';
import { RpcCode, type Caller, type McpReply, type RpcError } from '@clarity-runtime/core';
import type { Exchange, GatewayScope, McpGateway } from '@clarity-runtime/core/ports';
import { scanEnvelope, scanItems } from '@clarity-runtime/core/wire';
import { refusalOf } from '../http/error-map.ts';
import { BATCH_REVISION, legacyDialect, notificationDialect, requestDialect, type Dialect } from './dialect.ts';
import { batchFrame, replyFrame, type RpcFrame } from './rpc-frame.ts';
import { invalidRequest, readMessage, type RpcMessage, type RpcRequest } from './rpc-message.ts';
import { statusOf } from './rpc-status.ts';

export interface McpContext {
  readonly caller: Caller;
  /** The service of `/mcp/<service>`; absent on `/mcp`. */
  readonly service?: string;
}

/** What the messages of one POST have in common. */
export interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly context: McpContext;
  readonly exchange: Exchange;
}

/** Without a frame there is nothing to say. */
export interface Answer {
  readonly status: number;
  readonly frame?: RpcFrame;
}

const MAX_BATCH = 50;
const ACCEPTED: Answer = { status: 202 };

/** Answers messages: finds out how each is meant, asks the gateway, and gives the reply the id of its request. */
export class RpcServer {
  readonly #gateway: McpGateway;
  readonly #report: (line: string) => void;

  constructor(gateway: McpGateway, report: (line: string) => void) {
    this.#gateway = gateway;
    this.#report = report;
  }

  /** A whole body. Never rejects. */
  async answer(body: Uint8Array, post: Post): Promise<Answer> {
    const envelope = scanEnvelope(body);
    return envelope.kind === 'array' ? this.#batch(body, post) : this.#message(readMessage(envelope), post, false);
  }

  async #batch(body: Uint8Array, post: Post): Promise<Answer> {
    const dialect = legacyDialect(post.headers);
    if ('code' in dialect || dialect.revision !== BATCH_REVISION) {
      return refused(invalidRequest(`only revision ${BATCH_REVISION} has batches`));
    }
    const items = scanItems(body, MAX_BATCH);
    if (items === undefined) return refused(invalidRequest(`a batch may have ${String(MAX_BATCH)} messages`));
    if (items.length === 0) return refused(invalidRequest('the batch is empty'));
    const answers = await Promise.all(
      items.map(({ bytes }) => this.#message(readMessage(scanEnvelope(bytes)), post, true)),
    );
    const frames = answers.flatMap(({ frame }) => frame ?? []);
    return frames.length === 0 ? ACCEPTED : { status: 200, frame: batchFrame(frames) };
  }

  async #message(message: RpcMessage, post: Post, isInBatch: boolean): Promise<Answer> {
    switch (message.kind) {
      case 'invalid':
        return refused(message.error, message.id);
      case 'response': {
        // Nobody has been asked anything: a legacy client is told that it arrived, a modern one that there is no such thing.
        const dialect = legacyDialect(post.headers);
        return 'code' in dialect ? refused(invalidRequest('a response answers nothing here')) : ACCEPTED;
      }
      case 'notification': {
        const { notification } = message;
        const dialect = notificationDialect(post.headers, notification);
        if ('code' in dialect) return refused(dialect);
        const peer = this.#gateway.open(scopeOf(dialect, post.context));
        peer.notify(notification);
        peer.close();
        return ACCEPTED;
      }
      case 'request': {
        const { request } = message;
        const dialect = requestDialect(post.headers, request);
        if ('code' in dialect) return refused(dialect, request.id);
        if (isInBatch && (dialect.era === 'modern' || request.method === 'initialize')) {
          return refused(invalidRequest('this request cannot be part of a batch'), request.id);
        }
        return this.#request(request, dialect, post);
      }
    }
  }

  async #request({ id, method, params }: RpcRequest, dialect: Dialect, post: Post): Promise<Answer> {
    try {
      const peer = this.#gateway.open(scopeOf(dialect, post.context));
      const reply = await peer.request({ method, params }, post.exchange);
      peer.close();
      return { status: statusOf(dialect.era, reply), frame: replyFrame(id, reply) };
    } catch (error) {
      const { message } = refusalOf(error, this.#report);
      return { status: 500, frame: replyFrame(id, failed({ code: RpcCode.internalError, message })) };
    }
  }
}

function scopeOf({ era, revision, clientCapabilities, client }: Dialect, context: McpContext): GatewayScope {
  const caller = client === undefined ? context.caller : { ...context.caller, client };
  return {
    caller,
    era,
    revision,
    ...(context.service === undefined ? {} : { service: context.service }),
    ...(clientCapabilities === undefined ? {} : { clientCapabilities }),
  };
}

const failed = (error: RpcError): McpReply => ({ error });

const refused = (error: RpcError, id?: string): Answer => ({ status: 400, frame: replyFrame(id, { error }) });
