import { ClarityError, type Capabilities, type Era, type LimitName, type McpNotification } from '@clarity-runtime/core';
import type { Connection } from '@clarity-runtime/core/ports';
import { announcedListChanges, listenFilter, silentRequest, JsonRpcConnection } from '@clarity-runtime/core/protocol';
import { connectionOptions, type Upstream } from '../http/upstream.ts';
import { NotificationStream, openListenStream, openSessionStream } from './notification-stream.ts';
import { initialize, openStreamable, type StreamableHandshakeOptions } from './streamable-handshake.ts';
import { StreamableTransport } from './streamable-transport.ts';
import { relistTools } from './header-mismatch.ts';

/** Milliseconds that `open` waits for the notification stream, so that a change right after it is received. */
const NOTIFICATIONS_WAIT_MS = 300;

/** A connection to an MCP server over Streamable HTTP, of either era. */
export class StreamableConnection implements Connection {
  /** Bound to the JSON-RPC connection: the call path has no wrapper here. */
  readonly request: Connection['request'];
  readonly #upstream: Upstream;
  readonly #transport: StreamableTransport;
  readonly #rpc: JsonRpcConnection;
  readonly #closing = new AbortController();
  #notifications: NotificationStream | undefined;
  #renewing: Promise<void> | undefined;
  #isEraProven = false;
  /** The service has lost the last session, and the next one is not open yet. */
  #isBetweenSessions = false;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#transport = new StreamableTransport(upstream.url, upstream.sender, {
      noticeMs: upstream.limits.noticeMs,
      receive: (bytes, requestId) => {
        this.#rpc.receive(bytes, requestId);
      },
      fail: (requestId, error) => {
        this.#rpc.fail(requestId, error);
      },
      renew: (lost) => this.#renew(lost),
      relist: ({ request, signal, maxReplyBytes }) => {
        const { paramHeaders } = this.#transport;
        const limits = { idleMs: 0, totalMs: upstream.limits.callTimeoutMs, maxReplyBytes };
        return relistTools(this.#rpc, { request, paramHeaders, options: silentRequest(signal, limits) });
      },
      ready: () => (this.#isBetweenSessions ? this.#renew() : undefined),
      isListening: () => this.era === 'legacy' && this.#notifications?.isOpen === true,
      log: upstream.log,
    });
    this.#rpc = new JsonRpcConnection(this.#transport, {
      ...connectionOptions(upstream),
      onResult: ({ method }, result) => {
        if (method === 'tools/list') this.#transport.paramHeaders.learn(result);
      },
    });
    this.request = this.#rpc.request.bind(this.#rpc);
  }

  get era(): Era {
    return this.#rpc.era;
  }

  get isEraProven(): boolean {
    return this.#isEraProven;
  }

  get revision(): string {
    return this.#rpc.revision;
  }

  get capabilities(): Capabilities {
    return this.#rpc.capabilities;
  }

  get info() {
    return this.#rpc.info;
  }

  get instructions() {
    return this.#rpc.instructions;
  }

  /** Detects the era, unless `known` is right, and opens the connection in it. */
  async open(known: Era | undefined, signal: AbortSignal): Promise<void> {
    const peer = { rpc: this.#rpc, transport: this.#transport };
    const { result, isProven } = await openStreamable(peer, this.#handshakeOptions(signal), known);
    this.#rpc.acceptHandshake(result);
    this.#isEraProven = isProven;
    await this.#listen();
  }

  notify(notification: McpNotification): void {
    if (!this.#closing.signal.aborted) this.#transport.notify(notification);
  }

  async close(reason: string): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort('failed');
    this.#rpc.end(new ClarityError('UPSTREAM_LOST', `the connection was closed: ${reason}`));
    this.#notifications?.stop();
    await this.#transport.end();
    this.#upstream.client.close();
  }

  #handshakeOptions(signal: AbortSignal): StreamableHandshakeOptions {
    const { limits, events } = this.#upstream;
    const { callTimeoutMs: totalMs, probeMs, maxReplyBytes } = limits;
    return { signal, totalMs, probeMs, maxReplyBytes, clientCapabilities: events.clientCapabilities ?? {} };
  }

  /** Opens a new session. Requests that find the session lost at the same time share one handshake. */
  #renew(lost?: string): Promise<void> {
    const { id } = this.#transport.session;
    if (this.#renewing === undefined && !this.#isBetweenSessions && id !== lost) return Promise.resolve();
    this.#renewing ??= this.#reopen().finally(() => {
      this.#renewing = undefined;
    });
    return this.#renewing;
  }

  async #reopen(): Promise<void> {
    const peer = { rpc: this.#rpc, transport: this.#transport };
    this.#isBetweenSessions = true;
    this.#rpc.acceptHandshake(await initialize(peer, this.#handshakeOptions(this.#closing.signal)));
    this.#isBetweenSessions = false;
    this.#reportMissedChanges();
  }

  async #listen(): Promise<void> {
    const { limits, url, sender, events } = this.#upstream;
    const filter = listenFilter(this.capabilities);
    if (this.era === 'modern' && filter === undefined) return;
    const receive = (message: Uint8Array): void => {
      this.#rpc.receive(message);
    };
    const refused = (limit: LimitName): void => events.onLimit?.(limit);
    const headers = () => this.#transport.session.headers();
    const open =
      this.era === 'modern'
        ? openListenStream(this.#rpc, filter ?? {}, limits.maxReplyBytes)
        : openSessionStream({ url, sender, headers, receive, refused }, limits.maxReplyBytes);
    this.#notifications = new NotificationStream(open, limits.reopenMs, () => {
      this.#reportMissedChanges();
    });
    await this.#notifications.start(NOTIFICATIONS_WAIT_MS);
  }

  /** Reports a change of every list, because changes without an open stream are lost. */
  #reportMissedChanges(): void {
    for (const list of announcedListChanges(this.capabilities)) this.#upstream.events.onListChanged(list);
  }
}
