import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** Whose page sent it: this server's own, somebody else's, or none as far as can be told (a program, a typed address). */
export type RequestOrigin = 'own' | 'foreign' | 'none';

/** Only pages of this server can send it: from any other origin the browser would have to ask first, and is refused. */
const PAGE_HEADER = 'x-clarity-page';

export function provenanceOf(headers: IncomingHttpHeaders): RequestOrigin {
  const { origin, host, 'sec-fetch-site': site } = headers;
  const ownOrigin = origin !== undefined && authorityOf(origin) === host?.toLowerCase();
  if (origin !== undefined && !ownOrigin) return 'foreign';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'foreign';
  return ownOrigin || site === 'same-origin' || headers[PAGE_HEADER] !== undefined ? 'own' : 'none';
}

/** A link on another site that somebody followed. It may open a page that holds no data, nothing else. */
export const isFollowedLink = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' &&
  headers.origin === undefined &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

const authorityOf = (origin: string): string | undefined => /^https?:\/\/([^/]+)$/i.exec(origin)?.[1]?.toLowerCase();
