import type { IncomingMessage } from 'node:http';
import type { Caller, ProfileOperations, Verb } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { withoutTrailingSlash } from '@clarity-runtime/core/protocol';
import type { LoginRefusals } from '../guard/login-refusals.ts';
import { MCP_PATH } from '../guard/request-target.ts';
import type { ResourceServer } from '../guard/resource-server.ts';
import { refusal, routeNotFound } from '../http/request-error.ts';
import { decodeSegment } from '../http/router.ts';
import type { McpContext } from './mcp-post.ts';

type Profiles = Pick<ProfileOperations, 'bind'>;

export interface McpContextsDependencies {
  readonly profiles: Profiles;
  readonly refusals: Pick<LoginRefusals, 'of' | 'unauthorized'>;
  readonly resourceServer: Pick<ResourceServer, 'scopeChallenge'> | undefined;
}

const PROFILE_PATH = /^\/mcp\/profiles\/([^/]+)\/?$/;

/** Returns a function that returns whether a path is the one of a profile that accepts static tokens only. */
export const tokenOnlyPaths =
  (profiles: Profiles) =>
  (path: string): boolean => {
    const name = PROFILE_PATH.exec(path)?.[1];
    return name !== undefined && profiles.bind(name).view?.profile.spec.auth === 'token';
  };

/** The endpoints that paths below `/mcp` name, for their callers. */
export class McpContexts {
  readonly #dependencies: McpContextsDependencies;

  constructor(dependencies: McpContextsDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Returns the endpoint that a path names: of all services, of a profile or of one service. The endpoint of a profile gives its
   * view to the caller; a token that is bound to one has that view at `/mcp` too.
   * @throws RequestError 404 when the path names none, 403 for a bound token at another endpoint, 401 for a credential that the
   * profile does not accept.
   */
  of(req: IncomingMessage, path: string, caller: Caller): McpContext | Promise<McpContext> {
    const context = mcpContext(this.#dependencies.profiles, path, caller);
    const auth = context.caller.profile?.view?.profile.spec.auth ?? 'any';
    const { resourceServer } = this.#dependencies;
    const shown =
      resourceServer === undefined || caller.offered === undefined
        ? context
        : { ...context, challenge: (needed: readonly Verb[]) => resourceServer.scopeChallenge(req, path, needed) };
    return auth === 'any' ? shown : this.#withCredential(req, shown, auth);
  }

  /** Refuses a credential that the profile does not accept. */
  async #withCredential(req: IncomingMessage, context: McpContext, auth: 'token' | 'oauth'): Promise<McpContext> {
    const { caller } = context;
    const { kind } = caller.credential;
    const isOfServer = kind === 'jwt' || kind === 'opaque';
    if (auth === 'token' && (isOfServer || kind === 'none'))
      throw await this.#dependencies.refusals.of(req, 'mcp', 'token invalid');
    if (auth === 'oauth' && !isOfServer) throw this.#dependencies.refusals.unauthorized(req, true);
    return context;
  }
}

function mcpContext(profiles: Profiles, path: string, caller: Caller): McpContext {
  if (path === MCP_PATH && caller.profile === undefined) return { caller };
  const [first, second, ...more] = withoutTrailingSlash(path).split('/').slice(2);
  const named = first === 'profiles' && second !== undefined ? decodeSegment(second) : undefined;
  if (more.length > 0 || first === '' || second === '' || (second !== undefined && named === undefined))
    throw routeNotFound();
  const bound = caller.profile?.name;
  if (bound !== undefined && (named ?? bound) !== bound) throw refusal(403, 'PROFILE_REQUIRED', `'${bound}'`);
  if (named !== undefined) {
    const profile = profiles.bind(named);
    if (profile.view === undefined) throw refusal(404, 'PROFILE_NOT_FOUND', toPrintableAscii(named));
    return { caller: bound === undefined ? { ...caller, profile } : caller };
  }
  if (first === undefined) return { caller };
  if (bound !== undefined) throw refusal(403, 'PROFILE_REQUIRED', `'${bound}'`);
  return { caller, service: decodeSegment(first) };
}
