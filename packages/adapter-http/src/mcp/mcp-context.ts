import type { Caller, Runtime } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { withoutTrailingSlash } from '@clarity-runtime/core/protocol';
import { MCP_PATH } from '../guard/request-target.ts';
import { refusal, routeNotFound } from '../http/request-error.ts';
import { decodeSegment } from '../http/router.ts';
import type { McpContext } from './mcp-post.ts';

/**
 * Returns the endpoint that a path below `/mcp` names: of all services, of a profile or of one service. The endpoint of a
 * profile gives its view to the caller, a token that is bound to one has that view at `/mcp` too.
 * @throws RequestError 404 when the path names none, 403 for a bound token at another endpoint.
 */
export function mcpContext(profiles: Pick<Runtime['profiles'], 'bind'>, path: string, caller: Caller): McpContext {
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
