import { ClarityError, type Cancellation, type LimitName } from '@clarity-runtime/core';
import { HOPS_HEADER, toCancellation, VERSION } from '@clarity-runtime/core/internal';
import type { RefusedSend, UpstreamCredential } from './upstream-credential.ts';
import { discard, encodingOf } from './bounded-body.ts';
import { CookieJar } from './cookie-jar.ts';
import { failureOf } from './upstream-failure.ts';
import { StaleConnection, type HttpClient } from './http-client.ts';
import type { UpstreamResponse } from './upstream-response.ts';

/** Client name and version that upstreams receive. */
export const CLIENT = { name: 'clarity-runtime', version: VERSION };

const MAX_REDIRECTS = 3;

const EVERY_REQUEST = { 'accept-encoding': 'identity', 'user-agent': `${CLIENT.name}/${CLIENT.version}` };
const ACCEPTED = 'application/json, text/event-stream';
const OWN_HEADERS = {
  GET: { accept: 'text/event-stream', ...EVERY_REQUEST },
  POST: { accept: ACCEPTED, ...EVERY_REQUEST, 'content-type': 'application/json' },
  DELETE: { accept: ACCEPTED, ...EVERY_REQUEST },
} as const;

/**
 * Returns the target of a redirect that keeps method and body (RFC 9110 §15.4.8, §15.4.9) and stays at the origin; undefined
 * for any other response.
 */
function redirectOf(response: UpstreamResponse, url: URL): URL | undefined {
  if (response.status !== 307 && response.status !== 308) return undefined;
  const location = response.header('location');
  if (location === undefined || !URL.canParse(location, url.href)) return undefined;
  const target = new URL(location, url);
  const isSame = target.origin === url.origin && target.username === '' && target.password === '';
  target.hash = '';
  return isSame && target.href !== url.href ? target : undefined;
}

type Headers = Readonly<Record<string, string>>;
const NO_HEADERS: Headers = {};

/** The headers of a request, and what they were put together from. */
interface PreparedHeaders {
  readonly method: UpstreamSend['method'];
  readonly cookies: Headers;
  readonly credential: Headers;
  readonly all: string[];
}

export interface UpstreamSend {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Headers;
  readonly body?: Uint8Array | undefined;
  readonly isRepeatable?: boolean;
  readonly cancellation: Cancellation;
  readonly onSent?: (() => void) | undefined;
}

/** Sends requests to an upstream with headers of this runtime only: no header of a caller's request is forwarded. */
export class UpstreamSender {
  readonly #client: HttpClient;
  readonly #credential: UpstreamCredential;
  readonly #refused: (what: LimitName) => void;
  readonly #mark: Readonly<Record<string, string>>;
  readonly #cookies = new CookieJar();
  /** Targets of permanent redirects (308), by URL. */
  readonly #moved = new Map<string, URL>();
  readonly #prepared = new WeakMap<Headers, PreparedHeaders>();

  /** `mark` is the mark of this gateway in every request. */
  constructor(
    client: HttpClient,
    credential: UpstreamCredential,
    { refused, mark }: { readonly refused: (what: LimitName) => void; readonly mark: string | undefined },
  ) {
    this.#client = client;
    this.#credential = credential;
    this.#refused = refused;
    this.#mark = mark === undefined ? {} : { [HOPS_HEADER]: mark };
  }

  /** Returns a successful response. Rejects with an `UpstreamFailure` for another status. */
  async send(send: UpstreamSend): Promise<UpstreamResponse> {
    const { isRepeatable = false, method, body, cancellation, onSent } = send;
    let mayRepeat = isRepeatable;
    let mayRefresh = true;
    let url = this.#moved.size === 0 ? send.url : (this.#moved.get(send.url.href) ?? send.url);
    let redirectCount = 0;
    for (;;) {
      if (cancellation.isCancelled) throw new ClarityError('CALL_CANCELLED', '');
      const { version } = this.#credential;
      const headers = this.#headers(send);
      const sent = { method, url, headers, body, isRepeatable: mayRepeat, cancellation, onSent };
      let response: UpstreamResponse;
      try {
        const exchange = this.#client.prepare(sent);
        this.#client.dispatcher.dispatch(exchange.options, exchange);
        response = await exchange.response;
      } catch (error) {
        if (!(error instanceof StaleConnection)) throw error;
        mayRepeat = false;
        continue;
      }
      this.#cookies.store(response.headers['set-cookie']);
      const target = redirectCount < MAX_REDIRECTS ? redirectOf(response, url) : undefined;
      if (target !== undefined) {
        discard(response);
        if (response.status === 308 && redirectCount === 0) this.#moved.set(send.url.href, target);
        redirectCount += 1;
        url = target;
        continue;
      }
      if (
        response.status === 401 &&
        (await this.#renewed(response, { isRepeated: !mayRefresh, mayRepeat: isRepeatable, version }))
      ) {
        response.destroy();
        mayRepeat = isRepeatable;
        mayRefresh = false;
        continue;
      }
      const isPlain = response.status >= 200 && response.status < 300 && encodingOf(response) === undefined;
      return isPlain ? response : await this.#accepted(response, url);
    }
  }

  /** Sends a request and discards the body of its response, within `ms`. */
  async sendAndDiscard(send: Omit<UpstreamSend, 'cancellation'>, ms: number): Promise<void> {
    discard(await this.send({ ...send, cancellation: toCancellation({ signal: AbortSignal.timeout(ms) }) }));
  }

  async #accepted(response: UpstreamResponse, url: URL): Promise<UpstreamResponse> {
    const { status } = response;
    const scope = status === 403 ? this.#credential.scopeError(response.header('www-authenticate')) : undefined;
    if (scope !== undefined) {
      response.destroy();
      throw scope;
    }
    if (status < 200 || status >= 300) throw await failureOf(response, url, (text) => this.#credential.redact(text));
    const encoding = encodingOf(response);
    if (encoding === undefined) return response;
    response.destroy();
    this.#refused('reply.compressed');
    throw encoding;
  }

  /** Returns whether the request is sent once more. The response is not read further if the error names the login. */
  async #renewed(response: UpstreamResponse, refusal: RefusedSend): Promise<boolean> {
    try {
      return await this.#credential.refused(response.header('www-authenticate'), refusal);
    } catch (error) {
      response.destroy();
      throw error;
    }
  }

  /** Returns names and values in turn. They are put together once for each object of headers, until a part changes. */
  #headers({ method, headers = NO_HEADERS }: Omit<UpstreamSend, 'isRepeatable'>): string[] {
    const cookies = this.#cookies.headers();
    const credential = this.#credential.headers();
    const known = this.#prepared.get(headers);
    if (known?.method === method && known.cookies === cookies && known.credential === credential) return known.all;
    const merged = { ...OWN_HEADERS[method], ...headers, ...cookies, ...credential, ...this.#mark };
    const all = Object.entries(merged).flat();
    this.#prepared.set(headers, { method, cookies, credential, all });
    return all;
  }
}
