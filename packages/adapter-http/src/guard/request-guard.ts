import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Caller, TokenOperations } from '@clarity-runtime/core';
import { TOKEN_PREFIX, toPrintableAscii } from '@clarity-runtime/core/internal';
import { methodRefusal, refusal } from '../http/request-error.ts';
import {
  asService,
  type Callers,
  cliIdentity,
  type createTokenCallers,
  type HttpDoor,
  loopbackIdentity,
  operatorIdentity,
} from './callers.ts';
import { type CallerResolver, resolvedCaller } from './caller-resolver.ts';
import { cookieOf, countHeader, presentedToken, type TokenCheck } from './credentials.ts';
import { type HostNames, indirectness } from './host-names.ts';
import type { PageSessions } from './page-sessions.ts';
import type { LoginRefusals } from './login-refusals.ts';
import { isFollowedLink, PAGE_HEADER, type RequestOrigin } from './request-origin.ts';
import { entryPointOf, METRICS_PATH, parseTarget, type RequestTarget } from './request-target.ts';
import { isResourceMetadataPath, isSignedToken, type ResourceServer } from './resource-server.ts';
import type { WebOrigins } from './web-origins.ts';

/** The start of every credential of the command line. */
const CLI_PREFIX = 'clk_';
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];

export interface RequestGuardDependencies {
  readonly hosts: HostNames;
  readonly token: TokenCheck | undefined;
  readonly sessions: PageSessions;
  readonly refusals: LoginRefusals;
  readonly callers: Callers;
  /** Returns whether a text is a credential that the command line of the same user has made. */
  readonly isOfUser: (credential: string) => boolean;
  readonly tokens: Pick<TokenOperations, 'authenticate'>;
  readonly tokenCallers: ReturnType<typeof createTokenCallers>;
  readonly origins: WebOrigins;
  /** Identifies callers in place of tokens, sessions of the page and the trust in this machine. */
  readonly resolver: CallerResolver | undefined;
  /** Checks signed tokens of an authorization server; undefined without one. */
  readonly resourceServer: ResourceServer | undefined;
  /** A request needs a credential, also from this machine. */
  readonly requireToken: boolean;
  readonly isServicePeer: ((socket: Socket) => Promise<boolean>) | undefined;
}

/** A request that may be served. Without a caller it came to a door that is open to all and shows no data. */
export interface Admission {
  readonly target: RequestTarget;
  readonly caller?: Caller;
}

/** The header half of a session, and its `Set-Cookie` value unless the page has the cookie. */
interface SignedIn {
  readonly half: string;
  readonly cookie?: string;
}

/** Where a request comes in. */
interface Entrance {
  readonly door: HttpDoor;
  readonly path: string;
  readonly provenance: RequestOrigin;
}

/** Decides on the head of a request alone, before a byte of its body is read, and rejects with an RequestError. */
export class RequestGuard {
  readonly #parts: RequestGuardDependencies;
  /** Whether a process of a service has opened a connection. The process does not change. */
  readonly #services = new WeakMap<Socket, boolean>();

  constructor(parts: RequestGuardDependencies) {
    this.#parts = parts;
  }

  /** Waits only if the caller cannot be named at once. */
  admit(req: IncomingMessage): Admission | Promise<Admission> {
    const target = parseTarget(req.url ?? '');
    if (target === undefined) throw refusal(400, 'REQUEST_INVALID', 'request target', { field: 'request target' });
    this.#checkHost(req, target);
    const door = entryPointOf(target.path);
    const provenance = this.#parts.origins.of(req.headers, door === 'mcp');
    const isShared = isResourceMetadataPath(target.path) || isFollowedLink(req);
    if (provenance === 'foreign' && (door !== undefined || !isShared)) {
      throw refusal(403, 'ORIGIN_FORBIDDEN', '');
    }
    if (!METHODS.includes(req.method ?? '')) throw methodRefusal(req.method, METHODS);
    if (door === undefined) return { target };
    const { resolver } = this.#parts;
    const known = resolver === undefined ? this.#localClient(req, door) : undefined;
    if (known !== undefined) return { target, caller: known };
    const entrance = { door, path: target.path, provenance };
    const found = resolver ? resolvedCaller(resolver, req, { target, door }) : this.#identify(req, entrance);
    return found.then((caller) => ({ target, caller }));
  }

  /** Returns a program of this machine at `/mcp` that has sent a request on this connection before. */
  #localClient(req: IncomingMessage, door: HttpDoor): Caller | undefined {
    const { token, callers, requireToken } = this.#parts;
    if (door !== 'mcp' || token !== undefined || requireToken || presentedToken(req) !== undefined) return undefined;
    if (this.#services.get(req.socket) !== false || indirectness(req) !== undefined) return undefined;
    return callers(loopbackIdentity(door), door);
  }

  /** A right token in the address of the page is exchanged for a session; the `Set-Cookie` value, if one is needed. */
  async exchange(req: IncomingMessage, presented: string): Promise<string | undefined> {
    const { token, sessions, resolver } = this.#parts;
    if (resolver !== undefined) return undefined;
    if (token === undefined && !presented.startsWith(TOKEN_PREFIX)) return undefined;
    return sessions.openUnclaimed(await this.#pageCaller(req, presented));
  }

  /**
   * Returns what opens a session of the page for the token of the request, or gives the page the header half of a session that
   * the address of the page has just opened. @throws RequestError 401 without either, 403 for another page.
   */
  async signIn(req: IncomingMessage): Promise<() => SignedIn> {
    this.#assertPage(req);
    const { sessions, resolver } = this.#parts;
    if (resolver !== undefined)
      throw refusal(403, 'GRANT_REQUIRED', 'the program that embeds the runtime signs callers in');
    const presented = presentedToken(req);
    if (presented !== undefined) {
      const caller = await this.#pageCaller(req, presented);
      return () => sessions.open(caller);
    }
    const cookie = cookieOf(req, sessions.cookieName) ?? '';
    if (!sessions.isClaimable(cookie)) throw this.#parts.refusals.unauthorized(req);
    return () => {
      const half = sessions.claim(cookie);
      if (half === undefined) throw this.#parts.refusals.unauthorized(req);
      return { half };
    };
  }

  /** Returns what ends the session of the page and gives the value of `Set-Cookie` that removes its cookie. */
  signOut(req: IncomingMessage): () => string {
    this.#assertPage(req);
    const { sessions } = this.#parts;
    return () => sessions.close(cookieOf(req, sessions.cookieName) ?? '');
  }

  /** Checks the host as `admit` does, and that a script of this page sent the request. */
  #assertPage(req: IncomingMessage): void {
    const target = parseTarget(req.url ?? '');
    if (target === undefined) throw refusal(400, 'REQUEST_INVALID', 'request target', { field: 'request target' });
    this.#checkHost(req, target);
    if (this.#parts.origins.of(req.headers, false) !== 'own') throw refusal(403, 'ORIGIN_FORBIDDEN', '');
  }

  /** Returns the caller of a session that a token opens: the operator, or the holder of a token for `http`. */
  async #pageCaller(req: IncomingMessage, presented: string): Promise<Caller> {
    const { token, callers } = this.#parts;
    if (token?.accepts(presented) === true) return callers(operatorIdentity(token.id, 'page'), 'http');
    if (!presented.startsWith(TOKEN_PREFIX)) throw await this.#parts.refusals.of(req, 'http', 'wrong token');
    const caller = await this.#holder(req, presented, { door: 'http', path: '/api' });
    return { ...caller, credential: { ...caller.credential, kind: 'page' } };
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

  async #identify(req: IncomingMessage, { door, path, provenance }: Entrance): Promise<Caller> {
    const { token, callers, requireToken } = this.#parts;
    const presented = presentedToken(req);
    if (presented?.startsWith(TOKEN_PREFIX) === true && token?.accepts(presented) !== true)
      return this.#holder(req, presented, { door, path });
    const { resourceServer } = this.#parts;
    const isUser = resourceServer !== undefined && presented !== undefined && isSignedToken(presented);
    if (isUser && token?.accepts(presented) !== true) return this.#user(req, resourceServer, presented, { door, path });
    const inPage =
      presented === undefined && door === 'http' && provenance === 'own' ? this.#inSession(req) : undefined;
    if (inPage !== undefined) return inPage;
    if (token === undefined && presented?.startsWith(CLI_PREFIX) === true) return this.#cli(req, presented, door);
    if (token === undefined) {
      const reason = requireToken ? 'token required' : indirectness(req);
      if (reason === undefined) return this.#local(req, door);
      throw await this.#parts.refusals.of(req, door, reason);
    }
    if (presented === undefined) throw this.#parts.refusals.unauthorized(req);
    if (token.accepts(presented)) return callers(operatorIdentity(token.id), door);
    throw await this.#parts.refusals.of(req, door, 'wrong token');
  }

  /** Returns the caller of a request from this machine, unless a process of a service is at the API. */
  async #local(req: IncomingMessage, door: HttpDoor): Promise<Caller> {
    const caller = this.#parts.callers(loopbackIdentity(door), door);
    const known = this.#services.get(req.socket);
    const isService = known ?? (await this.#parts.isServicePeer?.(req.socket)) ?? false;
    this.#services.set(req.socket, isService);
    if (!isService) return caller;
    if (door === 'mcp') return asService(caller);
    throw await this.#parts.refusals.of(req, door, 'process of a service');
  }

  /** Returns the caller of a signed token, which is for the MCP endpoint only. */
  async #user(
    req: IncomingMessage,
    resourceServer: ResourceServer,
    presented: string,
    { door, path }: Pick<Entrance, 'door' | 'path'>,
  ): Promise<Caller> {
    if (door !== 'mcp') throw await this.#parts.refusals.of(req, door, 'token door');
    const caller = await resourceServer.caller(presented, path);
    if (caller === undefined) throw await this.#parts.refusals.of(req, door, 'token invalid');
    return caller;
  }

  /** Returns the operator for a credential of the command line, which is not for models. */
  async #cli(req: IncomingMessage, presented: string, door: HttpDoor): Promise<Caller> {
    const { callers, isOfUser } = this.#parts;
    if (!isOfUser(presented)) throw await this.#parts.refusals.of(req, door, 'token invalid');
    if (door !== 'http') throw await this.#parts.refusals.of(req, door, 'token door');
    return callers(cliIdentity(), door);
  }

  /** Returns the caller of a named token. A text with the prefix of one never counts as another credential. */
  async #holder(
    req: IncomingMessage,
    presented: string,
    { door, path }: Pick<Entrance, 'door' | 'path'>,
  ): Promise<Caller> {
    const { tokens, tokenCallers } = this.#parts;
    const identity = tokens.authenticate(presented);
    if (identity === undefined) throw await this.#parts.refusals.of(req, door, 'token invalid');
    const { doors } = identity;
    if (doors.includes(door)) return tokenCallers(identity, door);
    if (path === METRICS_PATH && doors.includes('metrics')) return tokenCallers(identity, 'metrics');
    throw await this.#parts.refusals.of(req, door, 'token door');
  }

  #inSession(req: IncomingMessage): Caller | undefined {
    const { sessions } = this.#parts;
    const { [PAGE_HEADER]: half } = req.headers;
    const cookie = cookieOf(req, sessions.cookieName);
    return cookie === undefined || typeof half !== 'string' ? undefined : sessions.callerOf(cookie, half);
  }
}
