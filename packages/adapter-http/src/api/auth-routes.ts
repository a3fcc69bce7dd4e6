import { routes } from '@clarity-runtime/api-contract';
import type { Runtime } from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

/** Returns the routes of credentials. A reply never contains the value of a secret. */
export const authRoutes = ({ secrets }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.getAuthProviders, ({ caller }) => secrets.providers(caller)),
  jsonRoute(routes.validateAuthQuery, ({ caller, query }) => secrets.validate(caller, query.auth_ref)),
  jsonRoute(routes.validateAuth, ({ caller, body: { auth_ref: ref, ...question } }) =>
    secrets.validate(caller, ref, defined(question)),
  ),
  jsonRoute(routes.listSecrets, ({ caller }) => secrets.list(caller)),
  jsonRoute(routes.setSecret, ({ caller, body: { auth_ref: ref, secret, ...destinations } }) =>
    secrets.set(caller, ref, secret, defined(destinations)),
  ),
  jsonRoute(routes.deleteSecret, ({ caller, body }) => secrets.remove(caller, body.auth_ref)),
];
