import type { IncomingMessage } from 'node:http';
import type { Caller, ProfileOperations, Verb } from '@clarity-runtime/core';
import type { LoginRefusals } from '../guard/login-refusals.ts';
import type { ResourceServer } from '../guard/resource-server.ts';
import { mcpContext } from './mcp-context.ts';
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
