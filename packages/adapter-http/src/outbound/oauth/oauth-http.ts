import { isIP } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { ClarityError, type RemoteMcpOrigin } from '@clarity-runtime/core';
import { toCancellation, toPrintableAscii, VERSION } from '@clarity-runtime/core/internal';
import type { LoginTarget } from '@clarity-runtime/core/ports';
import { readBounded } from '../http/bounded-body.ts';
import { normalizedHost, type EndpointRules } from '../http/endpoint-rules.ts';
import { HttpClient } from '../http/http-client.ts';
import { classOf } from '../http/network-address.ts';
import type { Environment } from '../http/options.ts';
import { proxyOf } from '../http/proxy.ts';
import { readTlsSettings } from '../http/tls-settings.ts';

/** Bytes of one response of an authorization server. */
export const MAX_OAUTH_BYTES = 256 * 1024;
/** Milliseconds of one request. */
const REQUEST_MS = 10_000;

export interface OAuthRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

export interface OAuthResponse {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  /** Empty if the body is larger than 256 KiB or broken. */
  readonly body: Uint8Array;
}

/** Sends requests to authorization servers under the rules of endpoints. No credential of a service is in their headers. */
export class OAuthHttp {
  readonly #rules: EndpointRules;
  readonly #environment: Environment;

  constructor(rules: EndpointRules, environment: Environment) {
    this.#rules = rules;
    this.#environment = environment;
  }

  /**
   * Sends one request and reads its response. It follows no redirects.
   * @throws ClarityError ENDPOINT_FORBIDDEN, UPSTREAM_UNREACHABLE, UPSTREAM_LOST, CALL_TIMED_OUT.
   */
  async send(target: LoginTarget, request: OAuthRequest, signal: AbortSignal): Promise<OAuthResponse> {
    const { url, method, headers = {}, body } = request;
    const origin = remoteOrigin(target);
    assertAllowed(url, target, origin);
    const { proxy: proxySetting, tls } = origin;
    const proxy = proxyOf(url, proxySetting, this.#environment);
    // The certificate of this side is for the service only; further authorities are trusted for both.
    const isOfService = url.origin === new URL(origin.endpoint).origin;
    const caFile = tls?.caFile;
    const used = isOfService ? tls : caFile === undefined ? undefined : { caFile };
    return this.#exchange(
      { method, url, headers, ...(body === undefined ? {} : { body }) },
      { proxy, tls: used },
      signal,
    );
  }

  /** Reads a document of a server that the operator of this runtime has named. Follows no redirects. @throws as `send` */
  read(url: URL, signal: AbortSignal): Promise<OAuthResponse> {
    if (!isLoginUrl(url)) throw new ClarityError('ENDPOINT_FORBIDDEN', `${shownOrigin(url)} is not an https URL`);
    const proxy = proxyOf(url, undefined, this.#environment);
    return this.#exchange({ method: 'GET', url }, { proxy, tls: undefined }, signal);
  }

  async #exchange(
    { url, method, headers = {}, body }: OAuthRequest,
    { proxy, tls }: { readonly proxy: ReturnType<typeof proxyOf>; readonly tls: RemoteMcpOrigin['tls'] },
    signal: AbortSignal,
  ): Promise<OAuthResponse> {
    const client = await HttpClient.open(url, this.#rules, {
      tls: await readTlsSettings(tls, this.#environment),
      ...(proxy === undefined ? {} : { proxy }),
    });
    const time = AbortSignal.timeout(REQUEST_MS);
    try {
      const exchange = client.prepare({
        method,
        url,
        headers: {
          accept: 'application/json',
          'accept-encoding': 'identity',
          'user-agent': `clarity-runtime/${VERSION}`,
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        isRepeatable: false,
        cancellation: toCancellation({ signal: AbortSignal.any([signal, time]) }),
      });
      client.dispatcher.dispatch(exchange.options, exchange);
      const response = await exchange.response;
      const bytes = await readBounded(response, MAX_OAUTH_BYTES);
      return {
        status: response.status,
        header: (name) => response.header(name),
        body: decoded(bytes, response.header('content-encoding')),
      };
    } catch (error) {
      if (time.aborted && !signal.aborted)
        throw new ClarityError('CALL_TIMED_OUT', `${shownOrigin(url)} did not answer within ${String(REQUEST_MS)} ms`);
      throw error;
    } finally {
      client.close();
    }
  }
}

export function remoteOrigin({ service }: LoginTarget): RemoteMcpOrigin {
  const { origin } = service.manifest.spec;
  if (origin.type === 'remote_mcp') return origin;
  throw new ClarityError('ORIGIN_UNSUPPORTED', origin.type);
}

export const shownOrigin = ({ origin }: URL): string => toPrintableAscii(origin, 200);

/** Returns whether a host is in a loopback or a private network by its name alone. */
function isInternal({ hostname }: URL): boolean {
  const host = normalizedHost(hostname);
  if (isIP(host) === 0) return host === 'localhost' || host.endsWith('.localhost');
  return classOf(host) === 'loopback' || classOf(host) === 'private';
}

const isLoopback = ({ hostname }: URL): boolean => {
  const host = normalizedHost(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || (isIP(host) !== 0 && classOf(host) === 'loopback');
};

/**
 * Returns whether a URL may be used in a login: https, or http of this machine (MCP 2026-07-28, Authorization, "Communication
 * Security"), without user information.
 */
export const isLoginUrl = (url: URL): boolean =>
  (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) &&
  url.username === '' &&
  url.password === '';

/** A service on the internet cannot send this runtime to a server of the private network; its manifest can. */
function assertAllowed(url: URL, { settings }: LoginTarget, { endpoint }: RemoteMcpOrigin): void {
  if (!isLoginUrl(url) && url.origin !== new URL(endpoint).origin) {
    throw new ClarityError('ENDPOINT_FORBIDDEN', `${shownOrigin(url)} is not an https URL`, {
      field: 'spec.origin.auth.issuer',
      hint: 'a login needs https; http is allowed for this machine only',
    });
  }
  if (!isInternal(url) || isInternal(new URL(endpoint))) return;
  const named = [settings.issuer, settings.metadataUrl].flatMap((text) =>
    text !== undefined && URL.canParse(text) ? [new URL(text).origin] : [],
  );
  if (named.includes(url.origin)) return;
  throw new ClarityError('ENDPOINT_FORBIDDEN', `the service names ${shownOrigin(url)}, which is not on the internet`, {
    field: 'spec.origin.auth.issuer',
    hint: 'if you trust it, set spec.origin.auth.issuer to the issuer there',
  });
}

/** Requests accept no compression; a server that compresses all the same is understood within the limit. */
function decoded(bytes: Uint8Array, encoding = 'identity'): Uint8Array {
  if (encoding.trim().toLowerCase() === 'identity') return bytes;
  if (!/^(x-)?gzip$/i.test(encoding.trim())) return new Uint8Array();
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_OAUTH_BYTES });
  } catch {
    return new Uint8Array();
  }
}
