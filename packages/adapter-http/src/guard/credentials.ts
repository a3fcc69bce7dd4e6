import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Checks a token against the digest of the valid token. The comparison takes constant time. */
export class TokenCheck {
  readonly #digest: Buffer;
  /** The first 8 hexadecimal digits of the digest: an id that does not reveal the token. */
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

const BEARER = /^Bearer +/i;

/** Returns the number of occurrences of a header; `headers` has only the first of some. `name` is in lower case. */
export function countHeader({ rawHeaders }: IncomingMessage, name: string): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const header = rawHeaders[i];
    if (header?.length === name.length && header.toLowerCase() === name) count += 1;
  }
  return count;
}

/**
 * Returns the token of a request, or undefined if it has none. `Authorization` has precedence over `x-clarity-token`. An
 * `Authorization` header without exactly one bearer token gives the empty string, which is never valid.
 */
export function presentedToken(req: IncomingMessage): string | undefined {
  const { authorization, 'x-clarity-token': own } = req.headers;
  if (authorization !== undefined) {
    const isBearer = countHeader(req, 'authorization') === 1 && BEARER.test(authorization);
    return isBearer ? authorization.replace(BEARER, '').trim() : '';
  }
  return typeof own === 'string' ? own : undefined;
}

/** Returns the value of a cookie, or undefined if it is absent. */
export function cookieOf(req: IncomingMessage, name: string): string | undefined {
  for (const pair of req.headers.cookie?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
