import { ClarityError, isClarityError } from '../domain/errors/clarity-error.ts';
import type {
  Capabilities,
  Era,
  Implementation,
  McpNotification,
  McpReply,
  McpRequest,
  RpcError,
} from '../domain/mcp/mcp.ts';
import { RawJson } from '../domain/json/raw-json.ts';
import type { LimitName } from '../domain/audit/limit-name.ts';
import { toDisplayText } from '../domain/text/safe-text.ts';
import { withRequestEnvelope } from './request-envelope.ts';
import { NotificationLimiter } from './notification-limiter.ts';
import { PendingRequest, type CallTerms, type OutgoingRequest, type StartTimer } from './pending-request.ts';
import { readMessage, type JsonRpcRequest } from './message-reader.ts';
import { answerServerRequest } from './server-requests.ts';
import { replyBytes, requestBytes } from './message-writer.ts';

/** Brings messages to the service. What comes back is handed to `JsonRpcConnection.receive`. */
export interface Transport {
  /** Rejects when it was not sent, or when no reply can come any more. */
  request(call: OutgoingRequest): Promise<void>;
  notify(notification: McpNotification): void;
  /** Answers a request of the service. */
  answer(bytes: Uint8Array): void;
  /** Nobody waits for a call that was sent: how the service hears of it is the carrier's matter. */
  abandon(call: OutgoingRequest): void;
}

export interface JsonRpcConnectionOptions {
  readonly startTimer: StartTimer;
  readonly client: Implementation;
  /** What the service may ask of this side. */
  readonly offers: Capabilities;
  /** Hides credentials in what a service says about a failure. */
  redact(text: string): string;
  changed(what: 'tools' | 'resources' | 'prompts'): void;
  /** A message that belongs to no call. */
  notified(notification: McpNotification): void;
  log(line: string): void;
  /** A bound has cut something off. */
  refused?(what: LimitName): void;
}

const LIST_CHANGED = /^notifications\/(tools|resources|prompts)\/list_changed$/;
const MAX_ERROR_DATA_SIZE = 65_536;

/** The calls in flight over one connection: ids and progress tokens of our own, replies and notices brought to their call. */
export class JsonRpcConnection {
  readonly #calls = new Map<number, PendingRequest>();
  readonly #carrier: Transport;
  readonly #options: JsonRpcConnectionOptions;
  readonly #meter: NotificationLimiter;
  #era: Era = 'legacy';
  #lastId = 0;
  #end: ClarityError | undefined;

  constructor(carrier: Transport, options: JsonRpcConnectionOptions) {
    this.#carrier = carrier;
    this.#options = options;
    this.#meter = new NotificationLimiter(options.startTimer, (most) => {
      options.log(`The service says more than ${String(most)} things a second: the rest is left out`);
    });
  }

  /** How requests look from now on. */
  setEra(era: Era): void {
    this.#era = era;
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  get inFlight(): number {
    return this.#calls.size;
  }

  /** Bytes of the largest reply that anybody waits for. */
  get largestReply(): number {
    return Math.max(0, ...Array.from(this.#calls.values(), ({ maxReplyBytes }) => maxReplyBytes));
  }

  async request(request: McpRequest, terms: CallTerms): Promise<McpReply> {
    this.#assertOpen();
    const id = (this.#lastId += 1);
    const dressed = withRequestEnvelope(request, { era: this.#era, client: this.#options.client, token: id });
    const bytes = requestBytes(id, dressed.request);
    const call = new PendingRequest({ ...dressed, id, bytes }, terms, this.#options.startTimer);
    if (call.isSettled) return call.ended;
    this.#calls.set(id, call);
    this.#carrier.request(call).catch((error: unknown) => {
      call.fail(error instanceof Error ? error : new Error(String(error)));
    });
    try {
      return await call.ended;
    } catch (error) {
      if (isClarityError(error) && error.code === 'PAYLOAD_TOO_LARGE') this.#options.refused?.('reply.too_large');
      if (call.isSent && !this.isOver) this.#carrier.abandon(call);
      throw error;
    } finally {
      this.#calls.delete(id);
    }
  }

  /** Takes one message; `within` is the call whose own stream brought it. */
  receive(bytes: Uint8Array, within?: number): void {
    const message = readMessage(bytes, 'server');
    const owner = within === undefined ? undefined : this.#calls.get(within);
    switch (message.kind) {
      case 'invalid':
        this.#broken(message.reason, within ?? callOf(message.id));
        break;
      case 'reply':
        this.#reply(callOf(message.id), message.reply, { within, bytes: bytes.length });
        break;
      case 'notification':
        this.#notice(message.notification, owner);
        break;
      case 'request':
        void this.#asked(message.request, owner);
    }
  }

  #assertOpen(): void {
    if (this.#end !== undefined) throw this.#end;
  }

  /** The call will get no reply; nothing happens when it has one. */
  fail(id: number, error: Error): void {
    this.#calls.get(id)?.fail(error);
  }

  failAll(error: ClarityError): void {
    for (const call of this.#calls.values()) call.fail(error);
  }

  /** Every call in flight fails with it, and so does every later one. */
  end(error: ClarityError): void {
    this.#end ??= error;
    this.#meter.stop();
    this.failAll(error);
  }

  async #asked(request: JsonRpcRequest, owner: PendingRequest | undefined) {
    owner?.touch();
    const asked = owner ?? [...this.#calls.values()].at(-1);
    const reply = await answerServerRequest(request, this.#era === 'modern' ? {} : this.#options.offers, asked?.terms);
    if (!this.isOver) this.#carrier.answer(replyBytes(request.id, reply));
  }

  #reply(
    id: number | undefined,
    reply: McpReply,
    { within, bytes }: { within: number | undefined; bytes: number },
  ): void {
    if (within !== undefined && id !== within) {
      this.#broken('its id is not the one of the request', within);
      return;
    }
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (call === undefined) return;
    if (bytes > call.maxReplyBytes) {
      const size = `the reply has ${String(bytes)} bytes, at most ${String(call.maxReplyBytes)} are taken`;
      call.fail(new ClarityError('PAYLOAD_TOO_LARGE', size));
    } else {
      call.answer('error' in reply ? { error: this.#clean(reply.error) } : reply);
    }
  }

  #notice(notification: McpNotification, owner: PendingRequest | undefined): void {
    const { method, params } = notification;
    const list = LIST_CHANGED.exec(method)?.[1];
    const call = owner ?? (method === 'notifications/message' ? this.#onlyCall() : undefined);
    if (list === 'tools' || list === 'resources' || list === 'prompts') {
      // Never left out: a change that nobody hears of is not asked for. How often it is asked is bounded elsewhere.
      this.#options.changed(list);
    } else if (!this.#meter.take()) {
      call?.touch();
      this.#options.refused?.('notice.too_many');
    } else if (method === 'notifications/progress') {
      this.#progress(notification);
    } else if (call !== undefined) {
      call.touch();
      call.terms.onNotification(notification);
    } else if (method === 'notifications/message') {
      this.#options.log(toDisplayText(params.get('data')?.text ?? ''));
    } else {
      this.#options.notified(notification);
    }
  }

  /** The one call that a log line can belong to, if there is but one. */
  #onlyCall(): PendingRequest | undefined {
    const calls = [...this.#calls.values()].filter(({ request }) => request.method !== 'subscriptions/listen');
    return calls.length === 1 ? calls[0] : undefined;
  }

  #progress({ method, params }: McpNotification): void {
    const token = params.get('progressToken')?.value;
    const call = typeof token === 'number' ? this.#calls.get(token) : undefined;
    if (call?.progressToken === undefined) return;
    call.touch();
    call.terms.onNotification({ method, params: new Map(params).set('progressToken', call.progressToken) });
  }

  #broken(why: string, id: number | undefined): void {
    const call = id === undefined ? undefined : this.#calls.get(id);
    if (call === undefined) this.#options.log(`The service sent what is no message: ${why}`);
    else call.fail(new ClarityError('UPSTREAM_PROTOCOL', `the reply cannot be taken: ${why}`));
  }

  #clean({ code, message, data }: RpcError): RpcError {
    const clean = { code, message: toDisplayText(this.#options.redact(message)) };
    if (data === undefined) return clean;
    const text = this.#options.redact(JSON.stringify(data));
    return text.length > MAX_ERROR_DATA_SIZE ? clean : { ...clean, data: RawJson.fromText(text).value };
  }
}

/** Returns the number of a call by the JSON text of an id; undefined for ids that this side never sends. */
const callOf = (id: string | undefined): number | undefined =>
  id === undefined || id.startsWith('"') ? undefined : Number(id);
