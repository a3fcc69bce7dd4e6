import {
  ClarityError,
  type Capabilities,
  type McpNotification,
  type McpReply,
  type McpRequest,
} from '@clarity-runtime/core';
import type { Connection, UpstreamRequestOptions } from '@clarity-runtime/core/ports';
import {
  initializeRequest,
  readInitialization,
  JsonRpcConnection,
  SseReader,
  type HandshakeResult,
  type SseEvent,
} from '@clarity-runtime/core/protocol';
import { ownTerms, termsOf } from '../call-terms.ts';
import { CLIENT } from '../http/upstream-sender.ts';
import { startTimer } from '../start-timer.ts';
import { readEvents } from '../http/event-body.ts';
import { channelOptions, type Upstream } from '../http/upstream.ts';
import { SseTransport } from './sse-transport.ts';

const EVENT_MARGIN = 1_024;

/** An MCP server behind the older HTTP+SSE transport of 2024-11-05: one stream back, a POST per message forth. */
export class SseConnection implements Connection {
  readonly era = 'legacy';
  readonly #upstream: Upstream;
  readonly #carrier: SseTransport;
  readonly #channel: JsonRpcConnection;
  readonly #closing = new AbortController();
  #opened: HandshakeResult = { era: 'legacy', revision: '', capabilities: {} };
  #isOpen = false;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    const { noticeMs } = upstream.limits;
    this.#carrier = new SseTransport(upstream.sender, { noticeMs, log: upstream.log });
    this.#channel = new JsonRpcConnection(this.#carrier, channelOptions(upstream));
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

  async open(signal: AbortSignal): Promise<void> {
    const { limits, events } = this.#upstream;
    await this.#openStream(signal);
    const terms = ownTerms(signal, limits.callTimeoutMs, limits.maxReplyBytes);
    const reply = await this.#channel.request(initializeRequest(CLIENT, events.clientCapabilities ?? {}), terms);
    this.#opened = readInitialization(reply);
    this.#carrier.agree(this.#opened.revision);
    this.#carrier.notify({ method: 'notifications/initialized', params: new Map() });
    this.#isOpen = true;
  }

  request(request: McpRequest, exchange: UpstreamRequestOptions): Promise<McpReply> {
    const { service, limits } = this.#upstream;
    return this.#channel.request(request, termsOf(exchange, service, limits));
  }

  notify(notification: McpNotification): void {
    if (!this.#closing.signal.aborted) this.#carrier.notify(notification);
  }

  close(reason: string): Promise<void> {
    this.#channel.end(new ClarityError('UPSTREAM_LOST', `the connection was closed: ${reason}`));
    this.#closing.abort('failed');
    this.#upstream.client.close();
    return Promise.resolve();
  }

  /** Resolves when the service has said where messages go. */
  async #openStream(signal: AbortSignal): Promise<void> {
    const { url, sender, limits } = this.#upstream;
    const giveUp = (): void => {
      this.#closing.abort('failed');
    };
    const stop = startTimer(limits.callTimeoutMs, giveUp);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const answer = await sender.send({ method: 'GET', url, signal: this.#closing.signal });
      if (answer.headers['content-type']?.startsWith('text/event-stream') !== true) {
        answer.destroy();
        throw new ClarityError('UPSTREAM_PROTOCOL', 'it offers no stream: is it a server of HTTP+SSE?');
      }
      await new Promise<void>((resolve, reject) => {
        const reader = new SseReader(limits.maxReplyBytes + EVENT_MARGIN, (event) => {
          this.#event(event, resolve, reject);
        });
        readEvents(answer, reader, this.#closing.signal).then(
          () => {
            const ended = new ClarityError('UPSTREAM_LOST', 'its stream ended');
            reject(ended);
            this.#lost(ended);
          },
          (error: unknown) => {
            const broken = error instanceof ClarityError ? error : new ClarityError('UPSTREAM_PROTOCOL', 'its stream');
            reject(broken);
            this.#lost(broken);
          },
        );
      });
    } finally {
      stop();
      signal.removeEventListener('abort', giveUp);
    }
  }

  #event({ type, data }: SseEvent, resolve: () => void, reject: (error: Error) => void): void {
    if (type === 'message') {
      if (data.length > 0) this.#channel.receive(data);
    } else if (type === 'endpoint') {
      const { url } = this.#upstream;
      const text = Buffer.from(data).toString('utf8');
      const target = URL.canParse(text, url.href) ? new URL(text, url) : undefined;
      if (target?.origin !== url.origin || target.username !== '' || target.password !== '') {
        reject(new ClarityError('UPSTREAM_PROTOCOL', 'it wants its messages at another origin'));
      } else {
        this.#carrier.sendTo(target);
        resolve();
      }
    }
  }

  #lost(error: ClarityError): void {
    this.#channel.end(error);
    if (this.#isOpen && !this.#closing.signal.aborted) this.#upstream.events.onClose(error.failure.message);
  }
}
