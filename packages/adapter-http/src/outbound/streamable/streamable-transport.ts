import type { IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { ClarityError, RawJson, type Era, type McpNotification } from '@clarity-runtime/core';
import {
  notificationBytes,
  ParamHeaderCache,
  replyBytes,
  type Transport,
  type OutgoingRequest,
} from '@clarity-runtime/core/protocol';
import { UpstreamFailure } from '../http/upstream-failure.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';
import { UpstreamSession } from './upstream-session.ts';
import { readAnswer, type Resumption } from './response-reader.ts';

/** Times that a stream which ended before the reply is taken up again. */
const MAX_RESUMPTIONS = 20;
const MAX_RETRY_MS = 30_000;

export interface TransportHooks {
  /** Takes a message that came for the call. */
  receive(bytes: Uint8Array, call: number): void;
  fail(call: number, error: Error): void;
  /** Opens a new session, because the service does not know the old one any more. */
  renew(lost: string): Promise<void>;
  /** Resolves when there is a session to send in; rejects when there was none to be had. */
  ready(): Promise<void> | undefined;
  log(line: string): void;
}

/** One POST per message; the reply comes in the body of its answer. */
export class StreamableTransport implements Transport {
  readonly session = new UpstreamSession();
  readonly paramHeaders = new ParamHeaderCache();
  era: Era = 'legacy';
  readonly #url: URL;
  readonly #sender: UpstreamSender;
  readonly #hooks: TransportHooks;
  readonly #noticeMs: number;

  constructor(
    url: URL,
    sender: UpstreamSender,
    { noticeMs, ...hooks }: TransportHooks & { readonly noticeMs: number },
  ) {
    this.#url = url;
    this.#sender = sender;
    this.#noticeMs = noticeMs;
    this.#hooks = hooks;
  }

  async request(call: OutgoingRequest): Promise<void> {
    let answer: IncomingMessage;
    try {
      answer = await this.#send(call);
    } catch (error) {
      if (!(error instanceof UpstreamFailure) || error.rpc === undefined || !isAnswerStatus(error.status)) throw error;
      this.#hooks.receive(replyBytes(String(call.id), { error: error.rpc }), call.id);
      return;
    }
    const deliver = (message: Uint8Array): void => {
      this.#hooks.receive(message, call.id);
    };
    if (call.request.method === 'initialize') this.session.begin(answer.headers);
    let resumption = await readAnswer(answer, call, deliver);
    for (let times = 0; resumption !== undefined && times < MAX_RESUMPTIONS; times += 1) {
      const stream = await this.#resume(resumption, call);
      resumption = stream === undefined ? undefined : await readAnswer(stream, call, deliver);
    }
    this.#hooks.fail(call.id, new ClarityError('UPSTREAM_LOST', 'the answer ended before the reply'));
  }

  notify(notification: McpNotification): void {
    this.#tell(notificationBytes(notification), notification.method);
  }

  answer(bytes: Uint8Array): void {
    this.#tell(bytes, 'the answer to its request');
  }

  /** In the modern era the end of the stream has said it. */
  abandon({ id, request }: OutgoingRequest): void {
    if (this.era === 'modern' || request.method === 'initialize') return;
    this.notify({ method: 'notifications/cancelled', params: new Map([['requestId', RawJson.of(id)]]) });
  }

  /** Sends a notification and waits until the service has taken it, or has not. */
  tell(notification: McpNotification): Promise<void> {
    return this.#post(notificationBytes(notification));
  }

  async end(): Promise<void> {
    if (this.session.id === undefined) return;
    const headers = this.session.headers();
    await this.#sender
      .sendAndDiscard({ method: 'DELETE', url: this.#url, headers }, this.#noticeMs)
      .catch(() => undefined);
  }

  async #send(call: OutgoingRequest): Promise<IncomingMessage> {
    const { method } = call.request;
    if (method !== 'initialize' && method !== 'server/discover') await this.#hooks.ready();
    const { id } = this.session;
    try {
      return await this.#attempt(call);
    } catch (error) {
      const isLost = error instanceof UpstreamFailure && error.status === 404 && id !== undefined;
      if (!isLost || call.signal.aborted) throw error;
      // A service that does not know the session has not carried out the request.
      await this.#hooks.renew(id);
      return await this.#attempt(call);
    }
  }

  #attempt(call: OutgoingRequest): Promise<IncomingMessage> {
    const { method } = call.request;
    const opens = method === 'initialize' || method === 'server/discover';
    const headers =
      this.era === 'modern' ? this.paramHeaders.headersOf(call.request) : opens ? {} : this.session.headers();
    return this.#sender.send({
      method: 'POST',
      url: this.#url,
      headers,
      body: call.bytes,
      isRepeatable: method !== 'tools/call',
      signal: call.signal,
      onSent: () => {
        call.sent();
      },
    });
  }

  async #resume(
    { lastEventId, retryMs }: Resumption,
    { signal }: OutgoingRequest,
  ): Promise<IncomingMessage | undefined> {
    if (this.era === 'modern') return undefined;
    await pause(Math.min(retryMs, MAX_RETRY_MS), undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return undefined;
    const headers = { ...this.session.headers(), 'last-event-id': lastEventId };
    return this.#sender.send({ method: 'GET', url: this.#url, headers, signal }).catch(() => undefined);
  }

  #tell(body: Uint8Array, what: string): void {
    this.#post(body).catch((error: unknown) => {
      this.#hooks.log(`The service did not take ${what}: ${error instanceof Error ? error.message : 'unknown'}`);
    });
  }

  #post(body: Uint8Array): Promise<void> {
    const headers = this.era === 'modern' ? {} : this.session.headers();
    return this.#sender.sendAndDiscard({ method: 'POST', url: this.#url, headers, body }, this.#noticeMs);
  }
}

/** A JSON-RPC error with this status is the response to the request. */
const isAnswerStatus = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 407, 408, 429].includes(status);
