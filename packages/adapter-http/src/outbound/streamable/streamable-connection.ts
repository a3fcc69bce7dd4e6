import {
  ClarityError,
  type Capabilities,
  type Era,
  type McpNotification,
  type McpReply,
  type McpRequest,
  type LimitName,
} from '@clarity-runtime/core';
import type { Connection, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import {
  announcedListChanges,
  listenFilter,
  JsonRpcConnection,
  type HandshakeResult,
} from '@clarity-runtime/core/protocol';
import { termsOf } from '../call-terms.ts';
import { channelOptions, type Upstream } from '../http/upstream.ts';
import { NotificationStream, openListenStream, openSessionStream } from './notification-stream.ts';
import { initialize, openStreamable, type StreamableHandshakeOptions } from './streamable-handshake.ts';
import { StreamableTransport } from './streamable-transport.ts';
import { isHeaderMismatch, relistTools } from './header-mismatch.ts';

/** Milliseconds that a connect waits for the stream of notices, so that a change right after it is heard. */
const NOTICES_WAIT_MS = 300;

/** An MCP server behind Streamable HTTP, of either era. */
export class StreamableConnection implements Connection {
  readonly #upstream: Upstream;
  readonly #carrier: StreamableTransport;
  readonly #channel: JsonRpcConnection;
  readonly #closing = new AbortController();
  #opened: HandshakeResult = { era: 'legacy', revision: '', capabilities: {} };
  #notices: NotificationStream | undefined;
  #renewing: Promise<void> | undefined;
  /** The old session is gone and there is no new one yet, or could not be had. */
  #isBetweenSessions = false;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#carrier = new StreamableTransport(upstream.url, upstream.sender, {
      noticeMs: upstream.limits.noticeMs,
      receive: (bytes, call) => {
        this.#channel.receive(bytes, call);
      },
      fail: (call, error) => {
        this.#channel.fail(call, error);
      },
      renew: (lost) => this.#renew(lost),
      ready: () => (this.#isBetweenSessions ? this.#renew() : undefined),
      log: upstream.log,
    });
    this.#channel = new JsonRpcConnection(this.#carrier, channelOptions(upstream));
  }

  get era(): Era {
    return this.#opened.era;
  }

  get revision(): string {
    return this.#opened.revision;
  }

  get capabilities(): Capabilities {
    return this.#opened.capabilities;
  }

  get info() {
    return this.#opened.info;
  }

  get instructions() {
    return this.#opened.instructions;
  }

  async open(known: Era | undefined, signal: AbortSignal): Promise<void> {
    const line = { channel: this.#channel, carrier: this.#carrier };
    this.#opened = await openStreamable(line, this.#openingTerms(signal), known);
    await this.#listen();
  }

  async request(request: McpRequest, exchange: UpstreamRequestOptions): Promise<McpReply> {
    const { service, limits } = this.#upstream;
    const terms = termsOf(exchange, service, limits);
    const { paramHeaders, era } = this.#carrier;
    const reply = await this.#channel.request(request, terms);
    if (request.method === 'tools/list' && 'result' in reply) paramHeaders.learn(reply.result);
    if (era !== 'modern' || !isHeaderMismatch(request, reply)) return reply;
    const isChanged = await relistTools(this.#channel, { request, terms, paramHeaders });
    return isChanged ? this.#channel.request(request, terms) : reply;
  }

  notify(notification: McpNotification): void {
    if (!this.#closing.signal.aborted) this.#carrier.notify(notification);
  }

  async close(reason: string): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort('failed');
    this.#channel.end(new ClarityError('UPSTREAM_LOST', `the connection was closed: ${reason}`));
    this.#notices?.stop();
    await this.#carrier.end();
    this.#upstream.client.close();
  }

  #openingTerms(signal: AbortSignal): StreamableHandshakeOptions {
    const { limits, events } = this.#upstream;
    const { callTimeoutMs: totalMs, maxReplyBytes } = limits;
    return { signal, totalMs, maxReplyBytes, offers: events.clientCapabilities ?? {} };
  }

  /** Many calls may find out at once that the session is gone; one of them opens the next. */
  #renew(lost?: string): Promise<void> {
    const { id } = this.#carrier.session;
    if (this.#renewing === undefined && !this.#isBetweenSessions && id !== lost) return Promise.resolve();
    this.#renewing ??= this.#reopen().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #reopen(): Promise<void> {
    const line = { channel: this.#channel, carrier: this.#carrier };
    this.#isBetweenSessions = true;
    this.#opened = await initialize(line, this.#openingTerms(this.#closing.signal));
    this.#isBetweenSessions = false;
    this.#missed();
  }

  async #listen(): Promise<void> {
    const { era, capabilities } = this.#opened;
    const { limits, url, sender, events } = this.#upstream;
    const refused = (what: LimitName): void => events.onLimit?.(what);
    const filter = listenFilter(capabilities);
    if (era === 'modern' && filter === undefined) return;
    const receive = (message: Uint8Array): void => {
      this.#channel.receive(message);
    };
    const headers = () => this.#carrier.session.headers();
    const open =
      era === 'modern'
        ? openListenStream(this.#channel, filter ?? {}, limits.maxReplyBytes)
        : openSessionStream({ url, sender, headers, receive, refused }, limits.maxReplyBytes);
    this.#notices = new NotificationStream(open, limits.reopenMs, () => {
      this.#missed();
    });
    await this.#notices.start(NOTICES_WAIT_MS);
  }

  /** What changed while nobody listened is not known: everything may have. */
  #missed(): void {
    for (const list of announcedListChanges(this.#opened.capabilities)) this.#upstream.events.onListChanged(list);
  }
}
