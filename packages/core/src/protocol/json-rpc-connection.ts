import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';
import type { Capabilities, Era, Implementation, McpNotification, McpReply, McpRequest } from '../domain/mcp/mcp.ts';
import { toDisplayText } from '../domain/text/safe-text.ts';
import type { UpstreamRequestOptions } from '../ports/index.ts';
import type { JsonRpcConnectionOptions } from './connection-options.ts';
import { DeadlineTimer } from './deadline-timer.ts';
import type { HandshakeResult } from './handshake.ts';
import { withRequestEnvelope } from './request-envelope.ts';
import { NotificationLimiter } from './notification-limiter.ts';
import { PendingRequest } from './pending-request.ts';
import { PendingRequests } from './pending-requests.ts';
import { replySizeError } from './reply-size.ts';
import { sanitizedError } from './sanitized-error.ts';
import type { Transport } from './transport.ts';
import type { JsonRpcMessage, JsonRpcRequest } from './message-reader.ts';
import { readFromServer } from './redacted-message.ts';
import { answerServerRequest } from './server-requests.ts';
import { replyBytes, requestBytes } from './message-writer.ts';
import { EMPTY_RESULT, EMPTY_RESULT_METHODS, ownNumber, shownId } from './tolerances.ts';

const LIST_CHANGED = /^notifications\/(tools|resources|prompts)\/list_changed$/;

/**
 * One MCP connection over any transport: its handshake result and its requests in flight with ids and progress tokens.
 */
export class JsonRpcConnection {
  readonly #pending = new PendingRequests();
  readonly #transport: Transport;
  readonly #options: JsonRpcConnectionOptions;
  readonly #notificationLimiter: NotificationLimiter;
  readonly #timer: DeadlineTimer;
  #handshake: HandshakeResult = { era: 'legacy', revision: '', capabilities: {} };
  #lastId = 0;
  #hasLoggedStray = false;
  #endError: ClarityError | undefined;

  constructor(transport: Transport, options: JsonRpcConnectionOptions) {
    this.#transport = transport;
    this.#options = options;
    this.#timer = new DeadlineTimer(options.clock, (now) => this.#pending.expire(now));
    this.#notificationLimiter = new NotificationLimiter(options.clock, (maxCount) => {
      options.onLog(`The service exceeded ${String(maxCount)} notifications per second; the rest was dropped`);
    });
  }

  get era(): Era {
    return this.#handshake.era;
  }

  get revision(): string {
    return this.#handshake.revision;
  }

  get capabilities(): Capabilities {
    return this.#handshake.capabilities;
  }

  get info(): Implementation | undefined {
    return this.#handshake.info;
  }

  get instructions(): string | undefined {
    return this.#handshake.instructions;
  }

  /** Sets the era of the next requests, before the handshake has a result. */
  setEra(era: Era): void {
    this.#handshake = { ...this.#handshake, era };
  }

  acceptHandshake(result: HandshakeResult): void {
    this.#handshake = result;
  }

  get inFlight(): number {
    return this.#pending.size;
  }

  /** The largest `maxReplyBytes` of the requests in flight. */
  get largestReply(): number {
    return this.#pending.largestReply;
  }

  /** Rejects with a `ClarityError` if the request is cancelled, exceeds its limits or gets no valid reply. */
  async request(request: McpRequest, options: UpstreamRequestOptions): Promise<McpReply> {
    const endError = this.#endError;
    if (endError !== undefined) throw endError;
    const id = (this.#lastId += 1);
    const { request: sent, progressToken } = withRequestEnvelope(request, {
      era: this.era,
      client: this.#options.client,
      token: id,
    });
    const now = this.#options.clock.monotonic();
    const encoded = { id, request: sent, bytes: requestBytes(id, sent), progressToken };
    const pending = new PendingRequest(encoded, options, now);
    if (pending.isSettled) return pending.settled;
    this.#pending.add(pending);
    this.#timer.arm(pending.deadline, now);
    this.#transport.request(pending).catch((error: unknown) => {
      pending.fail(error instanceof Error ? error : new Error(String(error)));
    });
    try {
      return await pending.settled;
    } catch (error) {
      if (isClarityError(error) && error.code === 'PAYLOAD_TOO_LARGE') this.#options.onLimit?.('reply.too_large');
      if (pending.isSent && this.#endError === undefined) this.#transport.abandon(pending);
      throw error;
    } finally {
      this.#pending.delete(id);
    }
  }

  /** Processes one message; `within` is the id of the request in whose response stream it arrived. */
  receive(bytes: Uint8Array, within?: number): void {
    const message = readFromServer(bytes, this.#options.redactJson);
    const owner = this.#pending.get(within);
    switch (message.kind) {
      case 'invalid':
        if (message.items === undefined) this.#acceptInvalid(message, within);
        else for (const item of message.items) this.receive(item.bytes, within);
        break;
      case 'reply':
        this.#acceptResponse(message, within, bytes.length);
        break;
      case 'notification':
        this.#acceptNotification(message.notification, owner);
        break;
      case 'request':
        void this.#acceptRequest(message.request, owner);
    }
  }

  fail(id: number, error: Error): void {
    this.#pending.get(id)?.fail(error);
  }

  failAll(error: ClarityError): void {
    this.#pending.failAll(error);
  }

  /** Fails every request in flight and every later one. */
  end(error: ClarityError): void {
    this.#endError ??= error;
    this.#timer.stop();
    this.failAll(error);
  }

  async #acceptRequest(request: JsonRpcRequest, owner: PendingRequest | undefined): Promise<void> {
    const { clock } = this.#options;
    const requester = owner ?? this.#pending.latestCall();
    const declared = this.era === 'modern' ? {} : this.#options.clientCapabilities;
    // Over stdio a question does not name its request, so that it stops the time of all.
    const waiting = owner === undefined ? this.#pending.all() : [owner];
    for (const pending of waiting) pending.questionOpened(clock.monotonic());
    const reply = await answerServerRequest(request, declared, requester?.options ?? withRequestHandler(this.#options));
    const now = clock.monotonic();
    for (const pending of waiting) {
      pending.questionClosed(now);
      if (!pending.isSettled) this.#timer.arm(pending.deadline, now);
    }
    if (this.#endError === undefined) this.#transport.answer(replyBytes(request.id, reply));
  }

  #acceptInvalid({ id, reason, hasOddResult }: JsonRpcMessage & { readonly kind: 'invalid' }, within?: number): void {
    const number = ownNumber(id) ?? within;
    const pending = this.#pending.get(number);
    if (hasOddResult === true && pending !== undefined && EMPTY_RESULT_METHODS.has(pending.request.method)) {
      pending.answer({ result: EMPTY_RESULT });
    } else this.#rejectMessage(reason, within ?? number);
  }

  #acceptResponse(
    { id, reply }: JsonRpcMessage & { readonly kind: 'reply' },
    within: number | undefined,
    bytes: number,
  ) {
    const number = ownNumber(id);
    const isWithoutId = id === undefined || id === 'null';
    if (within === undefined || number === within) this.#acceptReply(number, reply, bytes, id);
    else if (isWithoutId && 'error' in reply) this.#acceptReply(within, reply, bytes, id);
    else this.#rejectMessage(`its id ${shownId(id)} is not the id of the request, ${String(within)}`, within);
  }

  #acceptReply(id: number | undefined, reply: McpReply, bytes: number, written: string | undefined): void {
    const pending = this.#pending.get(id);
    const tooLarge = pending && replySizeError(pending, reply, bytes);
    if (pending === undefined) this.#logStrayReply(id, written);
    else if (tooLarge !== undefined) pending.fail(tooLarge);
    else if ('error' in reply) {
      pending.answer({ error: sanitizedError(reply.error, this.#options.redact) });
    } else {
      if (!pending.isSettled) this.#options.onResult?.(pending.request, reply.result);
      pending.answer(reply);
    }
  }

  /** Logs the first reply whose id was never sent. A reply to a request that has ended is not logged. */
  #logStrayReply(id: number | undefined, written: string | undefined): void {
    if ((id !== undefined && id > 0 && id <= this.#lastId) || this.#hasLoggedStray) return;
    this.#hasLoggedStray = true;
    this.#options.onLog(`The service sent a reply with the id ${shownId(written)}, which no request has`);
  }

  #acceptNotification(notification: McpNotification, owner: PendingRequest | undefined): void {
    const { method, params } = notification;
    const list = LIST_CHANGED.exec(method)?.[1];
    const pending = owner ?? (method === 'notifications/message' ? this.#pending.onlyCall() : undefined);
    if (list === 'tools' || list === 'resources' || list === 'prompts') {
      // Exempt from the limit, because a lost list change is never repeated. The refresh of the lists has its own limit.
      this.#options.onListChanged(list);
    } else if (!this.#notificationLimiter.take()) {
      pending?.touch(this.#options.clock.monotonic());
      this.#options.onLimit?.('notice.too_many');
    } else if (method === 'notifications/progress') {
      this.#acceptProgress(notification);
    } else if (pending !== undefined) {
      pending.touch(this.#options.clock.monotonic());
      pending.options.onNotification(notification);
    } else if (method === 'notifications/message') {
      this.#options.onLog(toDisplayText(params.get('data')?.text ?? ''));
    } else {
      this.#options.onNotification(notification);
    }
  }

  #acceptProgress({ method, params }: McpNotification): void {
    const token = ownNumber(params.get('progressToken')?.text);
    const pending = this.#pending.get(token);
    if (pending?.progressToken === undefined) return;
    pending.touch(this.#options.clock.monotonic());
    pending.options.onNotification({ method, params: new Map(params).set('progressToken', pending.progressToken) });
  }

  #rejectMessage(reason: string, id: number | undefined): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) this.#options.onLog(`The service sent an invalid message: ${reason}`);
    else pending.fail(new ClarityError('UPSTREAM_PROTOCOL', `the reply is invalid: ${reason}`));
  }
}

/** Returns the options if they answer requests of the service while no call is in flight. */
const withRequestHandler = (
  options: JsonRpcConnectionOptions,
): Pick<UpstreamRequestOptions, 'onRequest'> | undefined => (hasRequestHandler(options) ? options : undefined);

const hasRequestHandler = (
  options: JsonRpcConnectionOptions,
): options is JsonRpcConnectionOptions & Pick<UpstreamRequestOptions, 'onRequest'> => options.onRequest !== undefined;
