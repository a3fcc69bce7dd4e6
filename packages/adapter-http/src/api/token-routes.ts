import { routes } from '@clarity-runtime/api-contract';
import type { Grant, Runtime } from '@clarity-runtime/core';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

/** Returns the routes of access tokens. Only the reply to a creation and to a rotation has the text of a token. */
export const tokenRoutes = ({ tokens }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.listTokens, async ({ caller }) => ({ items: await tokens.list(caller) })),
  jsonRoute(routes.createToken, ({ caller, body: { lifeSeconds, grants, ...request } }) =>
    tokens.create(caller, {
      ...request,
      grants: grants as readonly Grant[],
      lifeMs: typeof lifeSeconds === 'number' ? lifeSeconds * 1000 : lifeSeconds,
    }),
  ),
  jsonRoute(routes.rotateToken, ({ caller, id, body: { overlapSeconds } }) =>
    tokens.rotate(caller, id, overlapSeconds === undefined ? undefined : overlapSeconds * 1000),
  ),
  jsonRoute(routes.revokeToken, async ({ caller, id }) => ({ record: await tokens.revoke(caller, id) })),
];
