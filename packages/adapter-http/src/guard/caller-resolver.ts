import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Caller } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { refusal, type RequestError } from '../http/request-error.ts';
import type { HttpDoor } from './callers.ts';
import type { RequestTarget } from './request-target.ts';

/** The head of a request, before its body is read. The guard has checked `Host`, `Origin` and the method. */
export interface RequestHead {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  /** Query without `?`; empty without one. */
  readonly query: string;
  readonly headers: Readonly<IncomingHttpHeaders>;
  /** Address of the peer of the connection; empty after the connection ended. */
  readonly peer: string;
  /** The entry point that the path leads to. The caller has this one, whatever the resolver returns. */
  readonly door: HttpDoor;
}

/** A refusal of a request: 401 for a missing or invalid credential, 403 for a caller without access. */
export interface Challenge {
  readonly status: 401 | 403;
  /** The reason, for the caller: at most 200 printable characters are sent. */
  readonly message?: string;
  /** Value of `WWW-Authenticate` (RFC 9110 §11.6.1). Default for 401: `Bearer`. */
  readonly wwwAuthenticate?: string;
}

/** Identifies callers in place of the tokens and of the trust in this machine. */
export interface CallerResolver {
  /**
   * Returns the caller of a request, or a refusal. `signal` aborts when the client disconnects. A rejection is a defect: the
   * request is answered with 500 and an id, and nothing else is tried.
   */
  resolve(head: RequestHead, signal: AbortSignal): Promise<Caller | Challenge>;
}

const MAX_MESSAGE = 200;
const HEADER_VALUE = /^[\x20-\x7e]{1,2000}$/;

/** Returns the caller that a resolver names, at the entry point of the request. @throws RequestError for a challenge. */
export async function resolvedCaller(
  callers: CallerResolver,
  req: IncomingMessage,
  { target, door }: { readonly target: RequestTarget; readonly door: HttpDoor },
): Promise<Caller> {
  const gone = new AbortController();
  const abort = (): void => {
    gone.abort();
  };
  req.socket.once('close', abort);
  try {
    const { method = '', headers, socket } = req;
    const { path, query } = target;
    const found = await callers.resolve(
      { method, path, query, headers, peer: socket.remoteAddress ?? '', door },
      gone.signal,
    );
    if ('status' in found) throw challengeError(found);
    return { ...found, door };
  } finally {
    req.socket.off('close', abort);
  }
}

function challengeError({ status, message = '', wwwAuthenticate = 'Bearer' }: Challenge): RequestError {
  const subject = toPrintableAscii(message, MAX_MESSAGE);
  if (status === 403) return refusal(403, 'GRANT_REQUIRED', subject);
  const value = HEADER_VALUE.test(wwwAuthenticate) ? wwwAuthenticate : 'Bearer';
  return refusal(401, 'TOKEN_REQUIRED', subject, { headers: { 'www-authenticate': value } });
}
