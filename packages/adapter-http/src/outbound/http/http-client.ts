import { ClarityError, type Cancellation } from '@clarity-runtime/core';
import { lazyModule } from '@clarity-runtime/core/internal';
import type { Dispatcher } from 'undici';
import type { ConnectionSettings, createDispatcher } from './dispatcher.ts';
import type { EndpointRules } from './endpoint-rules.ts';
import { networkCodeOf, networkFailure } from './network-failure.ts';
import { UpstreamResponse, type ResponseHeaders } from './upstream-response.ts';

export interface HttpSend {
  readonly method: 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A URL of the client's origin. */
  readonly url: URL;
  /** By name, or names and values in turn. */
  readonly headers: Readonly<Record<string, string>> | string[];
  readonly body?: Uint8Array | undefined;
  /** The request may be sent again if a kept connection turns out to be closed. */
  readonly isRepeatable: boolean;
  /** Aborts the exchange. */
  readonly cancellation: Cancellation;
  readonly onSent?: (() => void) | undefined;
}

/** `undici` takes a fifth of the start time of a program. */
const loadDispatcher = lazyModule({ load: () => import('./dispatcher.ts'), has: 'createDispatcher' });

/** Sends requests to the origin of one upstream over keep-alive connections. It follows no redirects. */
export class HttpClient {
  /** Sends what `prepare` returned. */
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** The host of the proxy. */
  readonly proxy: string | undefined;
  #connectedCount = 0;

  /** @throws ClarityError when the rules forbid the URL. */
  static async open(url: URL, rules: EndpointRules, settings: ConnectionSettings): Promise<HttpClient> {
    const { createDispatcher: create } = await loadDispatcher();
    return new HttpClient(url, rules, settings, create);
  }

  private constructor(url: URL, rules: EndpointRules, settings: ConnectionSettings, create: typeof createDispatcher) {
    this.origin = url.origin;
    this.proxy = settings.proxy?.host;
    rules.check(url, settings.proxy !== undefined);
    this.dispatcher = create(url, settings, {
      check: () => {
        rules.check(url);
      },
      lookup: rules.lookupFor(url),
      onConnected: () => {
        this.#connectedCount += 1;
      },
    });
  }

  /** Returns the exchange of one request. The caller dispatches it, then awaits its `response`. */
  prepare(send: HttpSend): HttpExchange {
    return new HttpExchange(send, this);
  }

  /** Count of the connections that were opened. */
  get connectedCount(): number {
    return this.#connectedCount;
  }

  close(): void {
    this.dispatcher.destroy().catch(() => undefined);
  }
}

/** A kept connection was closed before the request reached the server. */
export class StaleConnection extends Error {}

type Controller = Dispatcher.DispatchController;

const RESETS: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** One request and its response. */
class HttpExchange implements Dispatcher.DispatchHandler {
  /** The request for the dispatcher. The deadlines of a call are kept by its connection. */
  readonly options: Dispatcher.DispatchOptions;
  /**
   * The head of the response; the caller reads or destroys its body. Rejects with `StaleConnection` if a repeatable request
   * met a connection that the server had closed.
   */
  readonly response: Promise<UpstreamResponse>;
  readonly #send: HttpSend;
  readonly #client: HttpClient;
  /** Connections that were open before the request. */
  readonly #connectedBefore: number;
  #resolve!: (response: UpstreamResponse) => void;
  #reject!: (error: Error) => void;
  #controller: Controller | undefined;
  #head: UpstreamResponse | undefined;
  /** The request was written to a connection that was open before, and may be sent again. */
  #isKept = false;
  #isAborted = false;

  constructor(send: HttpSend, client: HttpClient) {
    this.#send = send;
    this.#client = client;
    this.#connectedBefore = client.connectedCount;
    const { url, method, headers, body = null } = send;
    const path = `${url.pathname}${url.search}`;
    this.options = { origin: client.origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 };
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    send.cancellation.subscribe(this.#onAbort);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#isAborted) {
      controller.abort(new Error('aborted'));
      return;
    }
    this.#isKept = this.#send.isRepeatable && this.#client.connectedCount === this.#connectedBefore;
    this.#send.onSent?.();
  }

  onResponseStart(controller: Controller, status: number, headers: ResponseHeaders): void {
    if (status < 200) return;
    this.#head = new UpstreamResponse(status, headers, controller);
    this.#resolve(this.#head);
  }

  onResponseData(_controller: Controller, chunk: Uint8Array): void {
    this.#head?.push(chunk);
  }

  onResponseEnd(): void {
    this.#release();
    this.#head?.finish('ended');
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.#release();
    if (this.#head !== undefined) {
      this.#head.finish('failed');
      return;
    }
    if (this.#isKept && RESETS.has(networkCodeOf(error))) this.#reject(new StaleConnection());
    else {
      const { proxy } = this.#client;
      const peer = { url: this.#send.url, ...(proxy === undefined ? {} : { proxy }) };
      this.#reject(networkFailure(error, peer, this.#controller !== undefined));
    }
  }

  #release(): void {
    this.#send.cancellation.unsubscribe(this.#onAbort);
  }

  readonly #onAbort = (): void => {
    this.#isAborted = true;
    this.#reject(new ClarityError('CALL_CANCELLED', ''));
    this.#controller?.abort(new Error('aborted'));
  };
}
