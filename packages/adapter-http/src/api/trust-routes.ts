import { routes } from '@clarity-runtime/api-contract';
import type { Runtime } from '@clarity-runtime/core';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

/** Returns the routes of the trust of the workspace. */
export const trustRoutes = ({ trust }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.getTrust, ({ caller }) => trust.report(caller)),
  jsonRoute(routes.trust, ({ caller, body }) => trust.trust(caller, body.digest)),
  jsonRoute(routes.revokeTrust, ({ caller }) => trust.revoke(caller)),
];
