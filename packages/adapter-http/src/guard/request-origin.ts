import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** The page that sent a request: a page of this server, a page of another origin, or no page (a program, a typed URL). */
export type RequestOrigin = 'own' | 'foreign' | 'none';

/**
 * Only pages of this server can send this header: a page of another origin needs a CORS preflight, which fails. In a session
 * its value is the header half.
 */
export const PAGE_HEADER = 'x-clarity-page';

/** `publicOrigin` is the origin that users open, for a proxy that changes `Host`. */
export function provenanceOf(headers: IncomingHttpHeaders, publicOrigin?: string): RequestOrigin {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const ownOrigin = origin !== undefined && (origin === publicOrigin || authorityOf(origin) === host?.toLowerCase());
  if (origin !== undefined && !ownOrigin) return 'foreign';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'foreign';
  return ownOrigin || site === 'same-origin' || headers[PAGE_HEADER] !== undefined ? 'own' : 'none';
}

/** Returns whether the request is a navigation from a link of another site. It may open only a page without data. */
export const isFollowedLink = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.origin === undefined &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

const authorityOf = (origin: string): string | undefined => /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
