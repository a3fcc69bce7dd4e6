import { Agent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as SecureAgent, request as httpsRequest } from 'node:https';

export interface DaemonRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
}

/** Milliseconds in which the daemon must accept a connection. */
const CONNECT_MS = 1_500;

/** HTTP client of the daemon's MCP endpoint: concurrent requests over kept-alive connections. */
export class StdioDaemonClient {
  readonly #endpoint: URL;
  readonly #token: string | undefined;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #secure = new SecureAgent({ keepAlive: true });

  constructor(endpoint: URL, token: string | undefined, headers: Readonly<Record<string, string>> = {}) {
    this.#endpoint = endpoint;
    this.#token = token;
    this.#headers = headers;
  }

  /** Origin of the daemon, for messages. Contains no secret. */
  get place(): string {
    return this.#endpoint.origin;
  }

  /** Replaces the token in a text. */
  readonly hide = (text: string): string =>
    this.#token === undefined ? text : text.replaceAll(this.#token, '[token]');

  /** Resolves with the head of the response. Rejects if the daemon does not accept the connection or the signal aborts. */
  send(request: DaemonRequest): Promise<IncomingMessage> {
    return this.#attempt(request).catch((error: unknown) => {
      // The daemon may close an idle connection while the request is sent. It has not read the request then.
      const wasKept = error instanceof KeptConnectionError && !request.signal.aborted;
      if (!wasKept) throw error;
      return this.#attempt(request);
    });
  }

  close(): void {
    this.#agent.destroy();
    this.#secure.destroy();
  }

  #attempt({ method, headers, body, signal }: DaemonRequest): Promise<IncomingMessage> {
    const isSecure = this.#endpoint.protocol === 'https:';
    const options: RequestOptions = {
      method,
      signal,
      agent: isSecure ? this.#secure : this.#agent,
      headers: {
        ...this.#headers,
        ...headers,
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'content-length': body.length }),
      },
    };
    return new Promise((resolve, reject) => {
      const sent = (isSecure ? httpsRequest : httpRequest)(this.#endpoint, options, resolve);
      const connecting = setTimeout(() => {
        sent.destroy(new Error('it takes no connection'));
      }, CONNECT_MS);
      sent.on('socket', (socket) => {
        if (!socket.connecting) clearTimeout(connecting);
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          clearTimeout(connecting);
        });
      });
      sent.on('error', (error) => {
        const isReset = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(sent.reusedSocket && isReset ? new KeptConnectionError(error.message, { cause: error }) : error);
      });
      sent.on('close', () => {
        clearTimeout(connecting);
      });
      sent.end(body);
    });
  }
}

class KeptConnectionError extends Error {
  override readonly name = 'KeptConnectionError';
}
