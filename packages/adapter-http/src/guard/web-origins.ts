import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { provenanceOf, type RequestOrigin } from './request-origin.ts';

export interface WebOriginsOptions {
  /** The address of the server that users open, behind a proxy. With `https` the page requires TLS. */
  readonly publicUrl?: URL | undefined;
  /** Origins of browser clients that may use `/mcp`, for example `https://app.example`. */
  readonly allowedOrigins?: readonly string[] | undefined;
}

const EXPOSED = 'mcp-session-id, mcp-protocol-version, retry-after, www-authenticate';
const HEADER_NAMES = /^[a-z0-9-]{1,64}(?: *, *[a-z0-9-]{1,64}){0,31}$/i;
const METHODS = 'GET, POST, DELETE';
const PREFLIGHT_SECONDS = '600';
/** One year (RFC 6797 §6.1.1). */
const TLS_ONLY = 'max-age=31536000';

/** The web origins that may send requests: pages of this server, and at `/mcp` the pages that the operator allows. */
export class WebOrigins {
  readonly #allowed: ReadonlySet<string>;
  readonly #own: string | undefined;
  /** Users reach the server over TLS. */
  readonly isSecure: boolean;

  /** @throws ClarityError REQUEST_INVALID when an allowed origin is not an exact web origin. */
  constructor({ publicUrl, allowedOrigins = [] }: WebOriginsOptions) {
    this.#allowed = new Set(allowedOrigins.map(exactOrigin));
    this.#own = publicUrl?.origin;
    this.isSecure = publicUrl?.protocol === 'https:';
  }

  /** Returns the origin of a request. An allowed page counts as a program at `/mcp`, and as foreign elsewhere. */
  of(headers: IncomingHttpHeaders, isMcp: boolean): RequestOrigin {
    return isMcp && this.#isAllowed(headers.origin) ? 'none' : provenanceOf(headers, this.#own);
  }

  /** Sets the headers by which a browser shows the response to an allowed page (Fetch Standard, "CORS protocol"). */
  share(res: ServerResponse, headers: IncomingHttpHeaders): void {
    if (this.#allowed.size === 0) return;
    res.setHeader('vary', 'origin');
    if (!this.#isAllowed(headers.origin)) return;
    res.setHeader('access-control-allow-origin', headers.origin);
    res.setHeader('access-control-expose-headers', EXPOSED);
  }

  /** Returns the headers of the response to a preflight of an allowed page; undefined for any other request. */
  preflight(method: string | undefined, headers: IncomingHttpHeaders): Readonly<Record<string, string>> | undefined {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (!isPreflight || !this.#isAllowed(headers.origin)) return undefined;
    const wanted = headers['access-control-request-headers'];
    return {
      'access-control-allow-methods': METHODS,
      'access-control-max-age': PREFLIGHT_SECONDS,
      ...(wanted !== undefined && HEADER_NAMES.test(wanted) ? { 'access-control-allow-headers': wanted } : {}),
      ...(headers['access-control-request-private-network'] === 'true'
        ? { 'access-control-allow-private-network': 'true' }
        : {}),
    };
  }

  /** Asks browsers to use TLS only, if the public address has it. */
  requireTls(res: ServerResponse): void {
    if (this.isSecure) res.setHeader('strict-transport-security', TLS_ONLY);
  }

  #isAllowed(origin: string | undefined): origin is string {
    return origin !== undefined && this.#allowed.has(origin);
  }
}

/** Returns the origin in the form that browsers send (RFC 6454 §6.2). */
function exactOrigin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text) return text;
  throw new ClarityError('REQUEST_INVALID', `'${toPrintableAscii(text)}' is not an exact web origin`, {
    field: 'allowedOrigins',
    hint: 'use scheme, host and port, for example https://app.example:8443',
  });
}
