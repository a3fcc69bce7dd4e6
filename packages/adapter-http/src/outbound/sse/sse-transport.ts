import { ClarityError, RawJson, type McpNotification } from '@clarity-runtime/core';
import { notificationBytes, type Transport, type OutgoingRequest } from '@clarity-runtime/core/protocol';
import { discard } from '../http/bounded-body.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';

/** Sends each message in a POST; all received messages arrive on the stream of the connection. */
export class SseTransport implements Transport {
  readonly #sender: UpstreamSender;
  readonly #log: (line: string) => void;
  readonly #noticeMs: number;
  #post: URL | undefined;
  #revision: string | undefined;

  constructor(sender: UpstreamSender, { noticeMs, log }: { noticeMs: number; log: (line: string) => void }) {
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
    const answer = await this.#sender.send({
      method: 'POST',
      url: this.#address(),
      headers: this.#headers(),
      body: call.bytes,
      signal: call.signal,
      onSent: () => {
        call.sent();
      },
    });
    discard(answer);
  }

  notify(notification: McpNotification): void {
    this.#tell(notificationBytes(notification), notification.method);
  }

  answer(bytes: Uint8Array): void {
    this.#tell(bytes, 'the response to its request');
  }

  abandon({ id, request }: OutgoingRequest): void {
    if (request.method === 'initialize') return;
    this.notify({ method: 'notifications/cancelled', params: new Map([['requestId', RawJson.of(id)]]) });
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
