import type { IncomingMessage } from 'node:http';
import { routes } from '@clarity-runtime/api-contract';
import type { RequestGuard } from '../guard/request-guard.ts';
import { methodRefusal } from '../http/request-error.ts';
import { json, type Reply } from '../http/response.ts';

const PATH = routes.openSession.path;
const METHODS = [routes.openSession.method, routes.endSession.method];

/** Returns whether a request is for the session of the page, which needs no caller yet. */
export const isSessionPath = (path: string): boolean => path === PATH;

/** Opens or ends the session of the page. Only scripts of the page can use it. */
export async function serveSession(gate: RequestGuard, req: IncomingMessage): Promise<Reply> {
  if (req.method === routes.endSession.method)
    return json({ signedOut: true }, 200, { 'set-cookie': gate.signOut(req) });
  if (req.method !== routes.openSession.method) throw methodRefusal(req.method, METHODS);
  const { half, cookie } = await gate.signIn(req);
  return json({ page: half }, 200, cookie === undefined ? {} : { 'set-cookie': cookie });
}
