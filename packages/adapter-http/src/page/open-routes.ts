import type { IncomingMessage } from 'node:http';
import { defined } from '@clarity-runtime/core/internal';
import { isBrowserLoginPath, type BrowserLogins } from '../guard/browser-logins.ts';
import type { Admission, RequestGuard } from '../guard/request-guard.ts';
import { isResourceMetadataPath, type ResourceServer } from '../guard/resource-server.ts';
import { methodRefusal, RequestError, routeNotFound } from '../http/request-error.ts';
import { json, redirect, type Reply } from '../http/response.ts';
import { noPage, PAGE_PATH, readPageFiles } from './page-files.ts';

export interface OpenRoutesOptions {
  readonly statusPageFolder?: string;
  readonly ready?: () => boolean;
  readonly prove?: (challenge: string) => string | undefined;
  /** Id of the runtime, which credentials of the command line name. */
  readonly instanceId?: string;
  /** Ends logins of browsers to remote services. */
  readonly browsers: BrowserLogins;
  readonly resourceServer: ResourceServer | undefined;
}

export type OpenRoutes = (req: IncomingMessage, admission: Admission) => Promise<Reply>;

/** Returns the routes that need no token: the files of the page and the health of the daemon. They contain no data. */
export function createOpenRoutes(gate: RequestGuard, options: OpenRoutesOptions): OpenRoutes {
  const { statusPageFolder, ready } = options;
  const files = statusPageFolder === undefined ? new Map([[PAGE_PATH, noPage]]) : readPageFiles(statusPageFolder);

  return async (req, { target: { path, query } }) => {
    const known =
      files.get(path) ??
      probe(path, ready) ??
      (await options.browsers.serve(req, path, query)) ??
      options.resourceServer?.metadata(req, path);
    if (known === undefined) throw routeNotFound();
    if (req.method !== 'GET' && req.method !== 'HEAD') throw methodRefusal(req.method, ['GET', 'HEAD']);
    if (path === '/healthz') return healthReply(query, options);
    const token = path === PAGE_PATH ? new URLSearchParams(query).get('token') : null;
    return token === null ? known : signIn(gate, req, { token, page: known });
  };
}

/** The page relative to the paths beside it: redirects work below any prefix. */
const PAGE_NAME = PAGE_PATH.slice(1);

const CHALLENGE = /^challenge=([0-9a-f]{32,64})$/;

/** Replies with a proof and the id of the runtime only to a valid challenge, so that a caller cannot get the digest of another text. */
function healthReply(query: string, { prove, instanceId }: OpenRoutesOptions): Reply {
  const challenge = CHALLENGE.exec(query)?.[1];
  const proof = challenge === undefined ? undefined : prove?.(challenge);
  const instance = challenge === undefined ? undefined : instanceId;
  return json({ status: 'ok', ...defined({ proof, instance }) });
}

/** Returns whether a path needs no token, except `/`, which an embedding server may use. */
export const isOpenPath = (path: string): boolean =>
  path === '/healthz' ||
  path === '/readyz' ||
  path === PAGE_PATH ||
  path.startsWith(`${PAGE_PATH}/`) ||
  isBrowserLoginPath(path) ||
  isResourceMetadataPath(path);

function probe(path: string, ready: () => boolean = () => true): Reply | undefined {
  if (path === '/') return redirect(302, PAGE_NAME);
  if (path === `${PAGE_PATH}/`) return redirect(308, `../${PAGE_NAME}`);
  if (path === '/healthz') return json({ status: 'ok' });
  if (path !== '/readyz') return undefined;
  return ready() ? json({ status: 'ready' }) : json({ status: 'closing' }, 503, { 'retry-after': '1' });
}

/**
 * Redirects from the URL with the token at once, so that history and `Referer` do not contain the token. A browser with a wrong
 * token gets the page with 401: the page removes the token from its address and asks for another.
 */
async function signIn(
  gate: RequestGuard,
  req: IncomingMessage,
  { token, page }: { readonly token: string; readonly page: Reply },
): Promise<Reply> {
  try {
    const cookie = await gate.exchange(req, token);
    return redirect(303, PAGE_NAME, cookie === undefined ? {} : { 'set-cookie': cookie });
  } catch (error) {
    if (error instanceof RequestError && error.status === 401 && page !== noPage) {
      return { ...page, status: 401, headers: { ...page.headers, ...error.headers } };
    }
    throw error;
  }
}
