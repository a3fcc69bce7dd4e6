import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ClarityError, isClarityError } from '@clarity-runtime/core';
import type { EndpointRules } from './endpoint-rules.ts';

export interface HttpSend {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The request may be sent again if a kept connection turns out to be closed. */
  readonly isRepeatable: boolean;
  /** Aborts the exchange, unless its reason is `answered`. */
  readonly signal: AbortSignal;
  readonly onSent?: () => void;
}

/** Milliseconds that an idle connection is kept: less than the keep-alive timeout of common servers. */
const IDLE_MS = 4_000;
const MAX_HEADER_BYTES = 32 * 1024;

/** Sends requests to one upstream over keep-alive connections. It follows no redirects and verifies certificates. */
export class HttpClient {
  readonly #rules: EndpointRules;
  readonly #plain = new HttpAgent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 16 });
  readonly #secure = new HttpsAgent({ keepAlive: true, timeout: IDLE_MS, maxFreeSockets: 16 });

  constructor(rules: EndpointRules) {
    this.#rules = rules;
  }

  /**
   * Resolves with the head of the response; the caller reads or destroys its body. Rejects with `StaleConnection` if a
   * repeatable request met a connection that the server had closed.
   */
  send({ method, url, headers, body, isRepeatable, signal, onSent }: HttpSend): Promise<IncomingMessage> {
    this.#rules.check(url);
    if (signal.aborted) return Promise.reject(new ClarityError('CALL_CANCELLED', ''));
    const isSecure = url.protocol === 'https:';
    const options = {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-length': String(body.length) },
      lookup: this.#rules.lookupFor(url),
      maxHeaderSize: MAX_HEADER_BYTES,
    };
    const request = isSecure
      ? httpsRequest(url, { ...options, agent: this.#secure, rejectUnauthorized: true })
      : httpRequest(url, { ...options, agent: this.#plain });
    let isSent = false;
    const stop = (): void => {
      if (signal.reason !== 'answered') request.destroy(new ClarityError('CALL_CANCELLED', ''));
    };
    signal.addEventListener('abort', stop, { once: true });
    request.once('close', () => {
      signal.removeEventListener('abort', stop);
    });
    whenConnected(request, isSecure, () => {
      isSent = true;
      onSent?.();
    });
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', (error) => {
        const isStale = request.reusedSocket && isRepeatable && isReset(error);
        reject(isStale ? new StaleConnection() : failureOf(error, isSent));
      });
    });
    request.end(body);
    return response;
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** A kept connection was closed before the request reached the server. */
export class StaleConnection extends Error {}

function whenConnected(request: ClientRequest, isSecure: boolean, then: () => void): void {
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once(isSecure ? 'secureConnect' : 'connect', then);
    else then();
  });
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? error.name;
const isReset = (error: Error): boolean => ['ECONNRESET', 'EPIPE'].includes(codeOf(error));

function failureOf(error: Error, isSent: boolean): Error {
  if (isClarityError(error)) return error;
  const code = codeOf(error);
  if (code.startsWith('HPE_')) return new ClarityError('UPSTREAM_PROTOCOL', `the response is not HTTP (${code})`);
  return new ClarityError(isSent ? 'UPSTREAM_LOST' : 'UPSTREAM_UNREACHABLE', code, { cause: error });
}
