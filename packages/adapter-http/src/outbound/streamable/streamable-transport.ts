import { setTimeout as pause } from 'node:timers/promises';
import { ClarityError, RpcCode, type Era, type McpNotification } from '@clarity-runtime/core';
import {
  cancellationOf,
  notificationBytes,
  ParamHeaderCache,
  replyBytes,
  type Transport,
  type OutgoingRequest,
} from '@clarity-runtime/core/protocol';
import { isReplyStatus, UpstreamFailure } from '../http/upstream-failure.ts';
import type { UpstreamResponse } from '../http/upstream-response.ts';
import type { UpstreamSend, UpstreamSender } from '../http/upstream-sender.ts';
import { canMeanLostSession, LostSessionTrials, lostSessionIn } from '../http/lost-session.ts';
import { UpstreamSession } from './upstream-session.ts';
import { AcceptedReplies, readAnswer, wholeMessage, type Resumption } from './response-reader.ts';

/** Maximum count of resumptions of a response stream that ended before the reply. */
const MAX_RESUMPTIONS = 20;
const MAX_RETRY_MS = 30_000;

export interface TransportHooks {
  /** Processes a message of the response to a request. */
  receive(bytes: Uint8Array, requestId: number): void;
  fail(requestId: number, error: Error): void;
  /** Opens a new session, because the service has forgotten session `lost`. */
  renew(lost: string | undefined): Promise<void>;
  /** Lists the tools again; resolves to true if the parameter headers of the call changed. */
  relist(pending: OutgoingRequest): Promise<boolean>;
  /** Resolves when a session is open; rejects if it could not be opened. Undefined without waiting if one is open. */
  ready(): Promise<void> | undefined;
  /** The notification stream of a legacy service is open. */
  isListening(): boolean;
  log(line: string): void;
}

/** Sends each message in a POST; the reply arrives in its response (MCP 2025-11-25, Streamable HTTP). */
export class StreamableTransport implements Transport {
  readonly session = new UpstreamSession();
  readonly paramHeaders = new ParamHeaderCache();
  era: Era = 'legacy';
  readonly #url: URL;
  readonly #sender: UpstreamSender;
  readonly #hooks: TransportHooks;
  readonly #noticeMs: number;
  readonly #accepted: AcceptedReplies;
  readonly #trials = new LostSessionTrials();

  constructor(
    url: URL,
    sender: UpstreamSender,
    { noticeMs, ...hooks }: TransportHooks & { readonly noticeMs: number },
  ) {
    this.#url = url;
    this.#sender = sender;
    this.#noticeMs = noticeMs;
    this.#accepted = new AcceptedReplies(noticeMs, () => hooks.isListening());
    this.#hooks = hooks;
  }

  async request(pending: OutgoingRequest): Promise<void> {
    const { method } = pending.request;
    const opensSession = method === 'initialize' || method === 'server/discover';
    const ready = opensSession ? undefined : this.#hooks.ready();
    if (ready !== undefined) await ready;
    const { id: sessionId } = this.session;
    let response: UpstreamResponse | undefined;
    try {
      response = await this.#sender.send(this.#messageOf(pending, opensSession));
    } catch (error) {
      response = await this.#recover(pending, sessionId, error);
      if (response === undefined) return;
    }
    if (method === 'initialize') this.session.begin(response.headers);
    const whole = wholeMessage(response, pending);
    const lost = whole
      ? this.#outcome(this.#deliver(whole, pending, sessionId), pending)
      : await this.#read(response, pending, sessionId);
    const again = lost === undefined ? undefined : await this.#inNewSession(pending, sessionId, lost);
    if (again !== undefined) await this.#read(again, pending, undefined);
  }

  /**
   * Passes on the messages of a response. Returns the failure instead if the reply is an error that names `sessionId`, the
   * session of the request, as unknown.
   */
  async #read(
    response: UpstreamResponse,
    pending: OutgoingRequest,
    sessionId: string | undefined,
  ): Promise<ClarityError | undefined> {
    if (this.#accepted.takes(response)) return this.#accepted.wait(pending);
    let lost: ClarityError | undefined;
    const deliver = (message: Uint8Array): void => {
      lost = this.#deliver(message, pending, sessionId) ?? lost;
    };
    let resumption = await readAnswer(response, pending, deliver);
    for (let times = 0; resumption !== undefined && times < MAX_RESUMPTIONS; times += 1) {
      const stream = await this.#resume(resumption, pending);
      resumption = stream === undefined ? undefined : await readAnswer(stream, pending, deliver);
    }
    return this.#outcome(lost, pending);
  }

  #deliver(message: Uint8Array, { id }: OutgoingRequest, sessionId: string | undefined): ClarityError | undefined {
    const refusal = sessionId === undefined ? undefined : lostSessionIn(message);
    if (refusal !== undefined) return new ClarityError('UPSTREAM_PROTOCOL', refusal);
    this.#hooks.receive(message, id);
    return undefined;
  }

  /** Fails a request whose response had no reply; its error takes a stack trace. */
  #outcome(lost: ClarityError | undefined, { id, isSettled }: OutgoingRequest): ClarityError | undefined {
    if (lost !== undefined || isSettled) return lost;
    this.#hooks.fail(id, new ClarityError('UPSTREAM_LOST', 'the response ended before the reply'));
    return undefined;
  }

  notify(notification: McpNotification): void {
    this.#tell(notificationBytes(notification), notification.method);
  }

  answer(bytes: Uint8Array): void {
    this.#tell(bytes, 'the response to its request');
  }

  /** A modern service sees that the response stream is closed. */
  abandon(call: OutgoingRequest): void {
    const cancellation = this.era === 'modern' ? undefined : cancellationOf(call);
    if (cancellation !== undefined) this.notify(cancellation);
  }

  /** Sends a notification. Rejects if the service does not accept it. */
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

  #messageOf(pending: OutgoingRequest, opensSession: boolean): UpstreamSend {
    const ofSession = opensSession ? {} : this.session.headers();
    const headers = this.era === 'modern' ? this.paramHeaders.headersOf(pending.request) : ofSession;
    return {
      method: 'POST',
      url: this.#url,
      headers,
      body: pending.bytes,
      isRepeatable: pending.request.method !== 'tools/call',
      cancellation: pending.failure,
      onSent: () => {
        pending.sent();
      },
    };
  }

  /**
   * Repeats a request that the service did not process: in a new session if it had forgotten the old one, with new parameter
   * headers if it rejected those (MCP 2026-07-28, Streamable HTTP). Returns undefined if the failure is the reply.
   */
  async #recover(
    pending: OutgoingRequest,
    sessionId: string | undefined,
    failure: unknown,
  ): Promise<UpstreamResponse | undefined> {
    const isOfSession = failure instanceof UpstreamFailure && this.era !== 'modern';
    const isLost = isOfSession && this.#trials.allows(failure, sessionId);
    const isMismatch = failure instanceof UpstreamFailure && this.#isHeaderMismatch(pending, failure);
    if (!(isLost || isMismatch) || pending.isSettled) {
      this.#deliverFailure(pending, failure);
      return undefined;
    }
    if (isLost) return this.#inNewSession(pending, sessionId, failure);
    try {
      if (!(await this.#hooks.relist(pending))) throw failure;
      return await this.#sender.send(this.#messageOf(pending, false));
    } catch (error) {
      this.#deliverFailure(pending, error);
      return undefined;
    }
  }

  /** Repeats a request in a new session. A second refusal of that kind is a defect of the service. */
  async #inNewSession(
    pending: OutgoingRequest,
    lost: string | undefined,
    refusal: ClarityError,
  ): Promise<UpstreamResponse | undefined> {
    await this.#hooks.renew(lost);
    if (pending.isSettled) return undefined;
    try {
      return await this.#sender.send(this.#messageOf(pending, false));
    } catch (error) {
      if (!(error instanceof UpstreamFailure) || !canMeanLostSession(error)) {
        this.#deliverFailure(pending, error);
        return undefined;
      }
      this.#trials.end();
      const words = error.text === '' ? refusal.failure.message : error.text;
      throw new ClarityError(
        'UPSTREAM_PROTOCOL',
        `a request in a new session is refused with ${String(error.status)}: ${words}`,
      );
    }
  }

  /** Delivers a failure that contains the JSON-RPC error response; throws any other. */
  #deliverFailure(pending: OutgoingRequest, failure: unknown): void {
    if (!(failure instanceof UpstreamFailure) || failure.rpc === undefined || !isReplyStatus(failure.status))
      throw failure;
    this.#hooks.receive(replyBytes(String(pending.id), { error: failure.rpc }), pending.id);
  }

  #isHeaderMismatch({ request }: OutgoingRequest, { rpc }: UpstreamFailure): boolean {
    return this.era === 'modern' && request.method === 'tools/call' && rpc?.code === RpcCode.headerMismatch;
  }

  async #resume(
    { lastEventId, retryMs }: Resumption,
    { signal, failure }: OutgoingRequest,
  ): Promise<UpstreamResponse | undefined> {
    if (this.era === 'modern') return undefined;
    await pause(Math.min(retryMs, MAX_RETRY_MS), undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return undefined;
    const headers = { ...this.session.headers(), 'last-event-id': lastEventId };
    return this.#sender.send({ method: 'GET', url: this.#url, headers, cancellation: failure }).catch(() => undefined);
  }

  #tell(body: Uint8Array, what: string): void {
    this.#post(body).catch((error: unknown) => {
      this.#hooks.log(`The service rejected ${what}: ${error instanceof Error ? error.message : 'unknown'}`);
    });
  }

  #post(body: Uint8Array): Promise<void> {
    const headers = this.era === 'modern' ? {} : this.session.headers();
    return this.#sender.sendAndDiscard({ method: 'POST', url: this.#url, headers, body }, this.#noticeMs);
  }
}
