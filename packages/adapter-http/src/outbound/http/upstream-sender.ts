import type { IncomingMessage } from 'node:http';
import type { LimitName } from '@clarity-runtime/core';
import type { UpstreamCredential } from './upstream-credential.ts';
import { discard, encodingOf } from './bounded-body.ts';
import { failureOf } from './upstream-failure.ts';
import type { HttpClient } from './http-client.ts';

/** `clientInfo` of this runtime. */
export const CLIENT = { name: 'clarity-runtime', version: '0.1.0' };

export interface UpstreamSend {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly isRepeatable?: boolean;
  readonly signal: AbortSignal;
  readonly onSent?: () => void;
}

/** Sends requests to an upstream with the headers of the protocol and its credential, and never with headers of a caller. */
export class UpstreamSender {
  readonly #client: HttpClient;
  readonly #credential: UpstreamCredential;
  readonly #refused: (what: LimitName) => void;

  constructor(client: HttpClient, credential: UpstreamCredential, refused: (what: LimitName) => void) {
    this.#client = client;
    this.#credential = credential;
    this.#refused = refused;
  }

  /** Resolves with a response of status 2xx. @throws UpstreamFailure for every other status. */
  async send({ isRepeatable = false, ...send }: UpstreamSend): Promise<IncomingMessage> {
    const attempt = () => this.#client.send({ ...send, isRepeatable, headers: this.#headers(send) });
    let response = await attempt();
    if (response.statusCode === 401 && (await this.#credential.refresh().catch(() => false))) {
      response.destroy();
      response = await attempt();
    }
    const status = response.statusCode ?? 0;
    if (status < 200 || status >= 300) throw await failureOf(response, (text) => this.#credential.redact(text));
    const encoding = encodingOf(response);
    if (encoding === undefined) return response;
    response.destroy();
    this.#refused('reply.compressed');
    throw encoding;
  }

  /** Sends a request within `ms` and ignores the body of the response. */
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
