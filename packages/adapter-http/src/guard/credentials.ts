import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Holds the digest of the one valid token. Comparing digests takes the same time whatever was presented. */
export class TokenCheck {
  readonly #digest: Buffer;
  /** The first 8 hex digits of the digest: names the token without giving it away. */
  readonly id: string;

  constructor(token: string) {
    this.#digest = sha256(token);
    this.id = this.#digest.toString('hex').slice(0, 8);
  }

  accepts(presented: string): boolean {
    return timingSafeEqual(sha256(presented), this.#digest);
  }
}

const sha256 = (value: string): Buffer => createHash('sha256').update(value).digest();

const BEARER = /^Bearer +(.*)$/i;

/** How often a header stands in the request; `headers` keeps only the first of some. `name` is in lower case. */
export function countHeader({ rawHeaders }: IncomingMessage, name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count;
}

/**
 * The token that a request presents; undefined when it presents none. `Authorization` goes before `x-clarity-token`, and
 * one that holds no single bearer token is presented all the same: the empty string, which nothing accepts.
 */
export function presentedToken(req: IncomingMessage): string | undefined {
  const { authorization, 'x-clarity-token': own } = req.headers;
  if (authorization !== undefined) {
    return countHeader(req, 'authorization') > 1 ? '' : (BEARER.exec(authorization)?.[1]?.trim() ?? '');
  }
  return typeof own === 'string' ? own : undefined;
}

/** The value of one cookie; undefined when it is absent. */
export function cookieOf(req: IncomingMessage, name: string): string | undefined {
  for (const pair of req.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
