import { ClarityError, type Capabilities, type McpNotification } from '@clarity-runtime/core';
import { toCancellation } from '@clarity-runtime/core/internal';
import type { Connection } from '@clarity-runtime/core/ports';
import {
  canBeMessage,
  initializeRequest,
  mediaType,
  readInitialization,
  silentRequest,
  JsonRpcConnection,
  SseReader,
  type SseEvent,
} from '@clarity-runtime/core/protocol';
import { CLIENT } from '../http/upstream-sender.ts';
import { readEvents } from '../http/event-body.ts';
import { connectionOptions, type Upstream } from '../http/upstream.ts';
import { SseTransport } from './sse-transport.ts';

const EVENT_MARGIN = 1_024;

/**
 * A connection over the transport HTTP+SSE (MCP 2024-11-05, Transports, "HTTP with SSE"): one POST per sent message, one
 * stream of received messages.
 */
export class SseConnection implements Connection {
  readonly era = 'legacy';
  readonly request: Connection['request'];
  readonly #upstream: Upstream;
  readonly #transport: SseTransport;
  readonly #rpc: JsonRpcConnection;
  readonly #closing = new AbortController();
  #isOpen = false;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    const { noticeMs } = upstream.limits;
    this.#transport = new SseTransport(upstream.sender, {
      endpoint: upstream.url,
      noticeMs,
      log: upstream.log,
      redact: (text) => upstream.credential.redact(text),
      onLost: (error) => {
        this.#lost(error);
        this.#closing.abort('failed');
      },
    });
    this.#rpc = new JsonRpcConnection(this.#transport, connectionOptions(upstream));
    this.request = this.#rpc.request.bind(this.#rpc);
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

  /** `openMs` limits the time until the service has sent its URL for messages. */
  async open(signal: AbortSignal, openMs = this.#upstream.limits.callTimeoutMs): Promise<void> {
    const { limits, events } = this.#upstream;
    await this.#openStream(signal, openMs);
    const { callTimeoutMs: totalMs, maxReplyBytes } = limits;
    const reply = await this.#rpc.request(
      initializeRequest(CLIENT, events.clientCapabilities ?? {}),
      silentRequest(signal, { idleMs: 0, totalMs, maxReplyBytes }),
    );
    this.#rpc.acceptHandshake(readInitialization(reply));
    this.#transport.agree(this.revision);
    this.#transport.notify({ method: 'notifications/initialized', params: new Map() });
    this.#isOpen = true;
  }

  notify(notification: McpNotification): void {
    if (!this.#closing.signal.aborted) this.#transport.notify(notification);
  }

  close(reason: string): Promise<void> {
    this.#rpc.end(new ClarityError('UPSTREAM_LOST', `the connection was closed: ${reason}`));
    this.#closing.abort('failed');
    this.#upstream.client.close();
    return Promise.resolve();
  }

  /** Resolves when the service has sent the URL for messages. */
  async #openStream(signal: AbortSignal, openMs: number): Promise<void> {
    const { url, sender, limits, clock } = this.#upstream;
    const giveUp = (): void => {
      this.#closing.abort('failed');
    };
    const opened = new AbortController();
    void clock.after(openMs, opened.signal).then(() => {
      if (!opened.signal.aborted) giveUp();
    });
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const answer = await sender.send({ method: 'GET', url, cancellation: toCancellation(this.#closing) });
      if (mediaType(answer.header('content-type')) !== 'text/event-stream') {
        answer.destroy();
        throw new ClarityError(
          'UPSTREAM_PROTOCOL',
          'the endpoint has no SSE stream: check that it is a server of HTTP+SSE',
        );
      }
      await new Promise<void>((resolve, reject) => {
        const reader = new SseReader(limits.maxReplyBytes + EVENT_MARGIN, (event) => {
          this.#event(event, resolve, reject);
        });
        readEvents(answer, reader, this.#closing.signal).then(
          () => {
            const ended = new ClarityError('UPSTREAM_LOST', 'the SSE stream ended');
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
      opened.abort();
      signal.removeEventListener('abort', giveUp);
    }
  }

  #event({ type, data }: SseEvent, resolve: () => void, reject: (error: Error) => void): void {
    if (type === 'message') {
      if (canBeMessage(data)) this.#rpc.receive(data);
    } else if (type === 'endpoint') {
      const { url } = this.#upstream;
      const text = Buffer.from(data).toString('utf8');
      const target = URL.canParse(text, url.href) ? new URL(text, url) : undefined;
      if (target?.origin !== url.origin || target.username !== '' || target.password !== '') {
        reject(new ClarityError('UPSTREAM_PROTOCOL', 'the URL for messages has another origin'));
      } else {
        this.#transport.sendTo(target);
        resolve();
      }
    }
  }

  #lost(error: ClarityError): void {
    const isOpen = this.#isOpen;
    this.#isOpen = false;
    this.#rpc.end(error);
    if (isOpen && !this.#closing.signal.aborted) this.#upstream.events.onClose(error.failure.message);
  }
}
