import { ClarityError, type McpNotification } from '@clarity-runtime/core';
import {
  cancellationOf,
  notificationBytes,
  type Transport,
  type OutgoingRequest,
} from '@clarity-runtime/core/protocol';
import { discard } from '../http/bounded-body.ts';
import { canMeanLostSession } from '../http/lost-session.ts';
import { shownUrl, UpstreamFailure } from '../http/upstream-failure.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';

export interface SseTransportOptions {
  readonly endpoint: URL;
  readonly noticeMs: number;
  /** Removes the values of the service from a text. */
  readonly redact: (text: string) => string;
  readonly log: (line: string) => void;
  /** The service does not know the session of the stream any more. */
  readonly onLost: (error: ClarityError) => void;
}

const PREFIX_HINT =
  'the path that the service announces is not below its endpoint: a proxy may have removed a prefix; set the base path of the server, or forward this path';

/** Sends each message in a POST; all received messages arrive on the stream of the connection. */
export class SseTransport implements Transport {
  readonly #sender: UpstreamSender;
  readonly #redact: (text: string) => string;
  readonly #log: (line: string) => void;
  readonly #noticeMs: number;
  readonly #endpoint: URL;
  readonly #onLost: (error: ClarityError) => void;
  #post: URL | undefined;
  #revision: string | undefined;

  constructor(sender: UpstreamSender, { endpoint, noticeMs, log, redact, onLost }: SseTransportOptions) {
    this.#redact = redact;
    this.#endpoint = endpoint;
    this.#onLost = onLost;
    this.#sender = sender;
    this.#noticeMs = noticeMs;
    this.#log = log;
  }

  /** URL for messages, from the event `endpoint`. */
  sendTo(url: URL): void {
    this.#post = url;
  }

  agree(revision: string): void {
    this.#revision = revision;
  }

  async request(call: OutgoingRequest): Promise<void> {
    try {
      const answer = await this.#sender.send({
        method: 'POST',
        url: this.#address(),
        headers: this.#headers(),
        body: call.bytes,
        cancellation: call.failure,
        onSent: () => {
          call.sent();
        },
      });
      discard(answer);
    } catch (error) {
      throw this.#explained(call, error);
    }
  }

  notify(notification: McpNotification): void {
    this.#tell(notificationBytes(notification), notification.method);
  }

  answer(bytes: Uint8Array): void {
    this.#tell(bytes, 'the response to its request');
  }

  abandon(call: OutgoingRequest): void {
    const cancellation = cancellationOf(call);
    if (cancellation !== undefined) this.notify(cancellation);
  }

  #explained({ request }: OutgoingRequest, error: unknown): unknown {
    if (!(error instanceof UpstreamFailure)) return error;
    const url = this.#address();
    const { pathname } = this.#endpoint;
    const base = pathname.slice(0, pathname.lastIndexOf('/') + 1);
    if (request.method === 'initialize') {
      if (error.status !== 404 || url.pathname.startsWith(base)) return error;
      return new ClarityError('UPSTREAM_PROTOCOL', `HTTP 404 at ${shownUrl(url, this.#redact)}`, { hint: PREFIX_HINT });
    }
    if (canMeanLostSession(error)) this.#onLost(new ClarityError('UPSTREAM_LOST', error.failure.message));
    return error;
  }

  #tell(body: Uint8Array, what: string): void {
    this.#sender
      .sendAndDiscard({ method: 'POST', url: this.#address(), headers: this.#headers(), body }, this.#noticeMs)
      .catch((error: unknown) => {
        this.#log(`The service rejected ${what}: ${error instanceof Error ? error.message : 'unknown'}`);
      });
  }

  #headers(): Readonly<Record<string, string>> {
    return this.#revision === undefined ? {} : { 'mcp-protocol-version': this.#revision };
  }

  #address(): URL {
    if (this.#post === undefined)
      throw new ClarityError('UPSTREAM_PROTOCOL', 'the service has not sent its URL for messages');
    return this.#post;
  }
}
