import { ClarityError, RawJson, type McpNotification } from '@clarity-runtime/core';
import { notificationBytes, type Transport, type OutgoingRequest } from '@clarity-runtime/core/protocol';
import { discard } from '../http/bounded-body.ts';
import type { UpstreamSender } from '../http/upstream-sender.ts';

/** Sends every message with a POST of its own; everything that comes back comes on the one stream. */
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

  /** Where the service wants its messages. */
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
    this.#tell(bytes, 'the answer to its request');
  }

  abandon({ id, request }: OutgoingRequest): void {
    if (request.method === 'initialize') return;
    this.notify({ method: 'notifications/cancelled', params: new Map([['requestId', RawJson.of(id)]]) });
  }

  #tell(body: Uint8Array, what: string): void {
    this.#sender
      .sendAndDiscard({ method: 'POST', url: this.#address(), headers: this.#headers(), body }, this.#noticeMs)
      .catch((error: unknown) => {
        this.#log(`The service did not take ${what}: ${error instanceof Error ? error.message : 'unknown'}`);
      });
  }

  #headers(): Readonly<Record<string, string>> {
    return this.#revision === undefined ? {} : { 'mcp-protocol-version': this.#revision };
  }

  #address(): URL {
    if (this.#post === undefined) throw new ClarityError('UPSTREAM_PROTOCOL', 'it has not said where messages go');
    return this.#post;
  }
}
