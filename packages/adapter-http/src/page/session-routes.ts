import type { IncomingMessage } from 'node:http';
import { routes } from '@clarity-runtime/api-contract';
import type { RequestGuard } from '../guard/request-guard.ts';
import { checkBody, parseJsonBody, readBody } from '../http/request-body.ts';
import { methodRefusal } from '../http/request-error.ts';
import { json, type Reply } from '../http/response.ts';

const { openSession, endSession } = routes;

/**
 * Opens or ends the session of the page. Only scripts of the page can use it. The head of the request is admitted before its
 * body is read, and no session changes for a body that is not valid. Returns undefined if the client disconnected.
 */
export async function serveSession(
  gate: RequestGuard,
  req: IncomingMessage,
  maxBodyBytes: number,
): Promise<Reply | undefined> {
  const act = await admitted(gate, req);
  checkBody(req, maxBodyBytes);
  const body = await readBody(req, maxBodyBytes);
  return body === undefined ? undefined : act(body);
}

async function admitted(gate: RequestGuard, req: IncomingMessage): Promise<(body: Uint8Array) => Reply> {
  if (req.method === endSession.method) {
    const end = gate.signOut(req);
    return (body) => {
      parseJsonBody(body, endSession.body);
      return json({ signedOut: true }, 200, { 'set-cookie': end() });
    };
  }
  if (req.method !== openSession.method) throw methodRefusal(req.method, [openSession.method, endSession.method]);
  const open = await gate.signIn(req);
  return (body) => {
    parseJsonBody(body, openSession.body);
    const { half, cookie } = open();
    return json({ page: half }, 200, cookie === undefined ? {} : { 'set-cookie': cookie });
  };
}
