import type { IncomingMessage } from 'node:http';
import { VERSION, type LimitName } from '@clarity-runtime/core';
import type { UpstreamCredential } from './upstream-credential.ts';
import { discard, encodingOf } from './bounded-body.ts';
import { failureOf } from './upstream-failure.ts';
import type { HttpClient } from './http-client.ts';

/** Client name and version that upstreams receive. */
export const CLIENT = { name: 'clarity-runtime', version: VERSION };

export interface UpstreamSend {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly isRepeatable?: boolean;
  readonly signal: AbortSignal;
  readonly onSent?: () => void;
}

/** Sends to an upstream with exactly the headers that it is to see: nothing of a caller's request is among them. */
export class UpstreamSender {
  readonly #client: HttpClient;
  readonly #credential: UpstreamCredential;
  readonly #refused: (what: LimitName) => void;

  constructor(client: HttpClient, credential: UpstreamCredential, refused: (what: LimitName) => void) {
    this.#client = client;
    this.#credential = credential;
    this.#refused = refused;
  }

  /** The answer when it is a success; otherwise rejects with an `UpstreamFailure`. */
  async send({ isRepeatable = false, ...send }: UpstreamSend): Promise<IncomingMessage> {
    const attempt = () => this.#client.send({ ...send, isRepeatable, headers: this.#headers(send) });
    let answer = await attempt();
    if (answer.statusCode === 401 && (await this.#credential.refresh().catch(() => false))) {
      answer.destroy();
      answer = await attempt();
    }
    const status = answer.statusCode ?? 0;
    if (status < 200 || status >= 300) throw await failureOf(answer, (text) => this.#credential.redact(text));
    const encoding = encodingOf(answer);
    if (encoding === undefined) return answer;
    answer.destroy();
    this.#refused('reply.compressed');
    throw encoding;
  }

  /** Sends something whose answer says nothing, within `ms`. */
  async sendAndDiscard(send: Omit<UpstreamSend, 'signal'>, ms: number): Promise<void> {
    discard(await this.send({ ...send, signal: AbortSignal.timeout(ms) }));
  }

  #headers({ method, headers = {} }: Omit<UpstreamSend, 'isRepeatable'>): Readonly<Record<string, string>> {
    const accept = method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream';
    return {
      accept,
      'accept-encoding': 'identity',
      'user-agent': `${CLIENT.name}/${CLIENT.version}`,
      ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      ...headers,
      ...this.#credential.headers(),
    };
  }
}
