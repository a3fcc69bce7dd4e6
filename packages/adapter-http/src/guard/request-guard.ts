import type { IncomingMessage } from 'node:http';
import { type Caller } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { methodRefusal, refusal, type RequestError } from '../http/request-error.ts';
import { type Callers, type HttpDoor, loopbackIdentity, operatorIdentity } from './callers.ts';
import { cookieOf, countHeader, presentedToken, type TokenCheck } from './credentials.ts';
import type { FailedLogin, FailedLogins } from './failed-logins.ts';
import { type HostNames, isLoopbackAddress } from './host-names.ts';
import type { PageSessions } from './page-sessions.ts';
import { isFollowedLink, type RequestOrigin } from './request-origin.ts';
import { parseTarget, type RequestTarget } from './request-target.ts';
import type { WebOrigins } from './web-origins.ts';

/** Paths that only callers who are known come to, and all under them. */
const PROTECTED = ['/api', '/metrics'];
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];

export interface RequestGuardDependencies {
  readonly hosts: HostNames;
  readonly token: TokenCheck | undefined;
  readonly sessions: PageSessions;
  readonly failedLogins: FailedLogins;
  readonly callers: Callers;
  readonly origins: WebOrigins;
}

/** A request that may be served. Without a caller it came to a door that is open to all and shows no data. */
export interface Admission {
  readonly target: RequestTarget;
  readonly caller?: Caller;
}

/** Decides on the head of a request alone, before a byte of its body is read, and rejects with an RequestError. */
export class RequestGuard {
  readonly #parts: RequestGuardDependencies;

  constructor(parts: RequestGuardDependencies) {
    this.#parts = parts;
  }

  async admit(req: IncomingMessage): Promise<Admission> {
    const target = parseTarget(req.url ?? '');
    if (target === undefined) throw refusal(400, 'REQUEST_INVALID', 'request target', { field: 'request target' });
    this.#checkHost(req, target);
    const door = entryPointOf(target.path);
    const provenance = this.#parts.origins.of(req.headers, door === 'mcp');
    if (provenance === 'foreign' && (door !== undefined || !isFollowedLink(req))) {
      throw refusal(403, 'ORIGIN_FORBIDDEN', '');
    }
    if (!METHODS.includes(req.method ?? '')) throw methodRefusal(req.method, METHODS);
    return door === undefined ? { target } : { target, caller: await this.#identify(req, door, provenance) };
  }

  /** A right token in the address of the page is exchanged for a session; the `Set-Cookie` value, if one is needed. */
  async exchange(req: IncomingMessage, presented: string): Promise<string | undefined> {
    const { token, sessions } = this.#parts;
    if (token === undefined) return undefined;
    if (token.accepts(presented)) return sessions.open();
    throw await this.#refuseLogin(req, 'http', 'wrong token');
  }

  #checkHost(req: IncomingMessage, { authority }: RequestTarget): void {
    const { host } = req.headers;
    if (host === undefined || countHeader(req, 'host') > 1) {
      throw refusal(400, 'REQUEST_INVALID', 'exactly one Host header is needed', { field: 'host' });
    }
    if (!this.#parts.hosts.serves(host))
      throw refusal(403, 'HOST_FORBIDDEN', toPrintableAscii(host), { field: 'host' });
    if (authority !== undefined && authority.toLowerCase() !== host.toLowerCase()) {
      throw refusal(400, 'REQUEST_INVALID', 'the request target names another host', { field: 'host' });
    }
  }

  async #identify(req: IncomingMessage, door: HttpDoor, provenance: RequestOrigin): Promise<Caller> {
    const { token, callers } = this.#parts;
    if (token === undefined) {
      if (isLoopbackAddress(req.socket.remoteAddress)) return callers(loopbackIdentity(door), door);
      throw await this.#refuseLogin(req, door, 'not loopback');
    }
    const presented = presentedToken(req);
    if (presented === undefined) {
      if (door === 'http' && provenance === 'own' && this.#hasSession(req)) {
        return callers(operatorIdentity(token.id, 'page'), door);
      }
      throw unauthorized();
    }
    if (token.accepts(presented)) return callers(operatorIdentity(token.id), door);
    throw await this.#refuseLogin(req, door, 'wrong token');
  }

  #hasSession(req: IncomingMessage): boolean {
    const { sessions } = this.#parts;
    const session = cookieOf(req, sessions.cookieName);
    return session !== undefined && sessions.knows(session);
  }

  async #refuseLogin(req: IncomingMessage, door: HttpDoor, reason: FailedLogin['reason']): Promise<RequestError> {
    await this.#parts.failedLogins.record({ door, peer: req.socket.remoteAddress ?? 'unknown', reason });
    return reason === 'wrong token' ? unauthorized() : refusal(403, 'LOOPBACK_REQUIRED', '');
  }
}

/** The door that a path leads to, whether or not there is a route; undefined for the open ones. */
export function entryPointOf(path: string): HttpDoor | undefined {
  if (path === '/mcp' || path.startsWith('/mcp/')) return 'mcp';
  return PROTECTED.some((start) => path === start || path.startsWith(`${start}/`)) ? 'http' : undefined;
}

const unauthorized = (): RequestError =>
  refusal(401, 'TOKEN_REQUIRED', '', { headers: { 'www-authenticate': 'Bearer' } });
