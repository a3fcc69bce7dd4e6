import { routes } from '@clarity-runtime/api-contract';
import type { PolicyTestResult, Runtime } from '@clarity-runtime/core';
import { contentDigest } from '@clarity-runtime/core/internal';
import { jsonRoute, type HttpRoute, type ReplyBody } from '../http/route.ts';
import { pageOf } from './paging.ts';

/** Returns the routes of policies, of the effective policy of a service and of the test of a call. */
export const policyRoutes = ({ policies }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.listPolicies, ({ caller, query }) =>
    pageOf(policies.list(caller), ({ metadata: { name } }) => name, query),
  ),
  jsonRoute(routes.applyPolicy, async ({ caller, body }) => {
    const policy = await policies.apply(caller, body.policy, body.digest);
    return { policy, digest: contentDigest(policy) };
  }),
  jsonRoute(routes.getPolicy, ({ caller, id }) => ({
    policy: policies.get(caller, id),
    digest: contentDigest(policies.get(caller, id)),
  })),
  jsonRoute(routes.removePolicy, async ({ caller, id }) => {
    await policies.remove(caller, id);
    return { removed: true as const, name: id };
  }),
  jsonRoute(routes.getServicePolicy, ({ caller, id }) => policies.show(caller, id)),
  jsonRoute(routes.testPolicy, ({ caller, body: { serviceId, tool, bytes = 0 } }) =>
    testView(policies.test(caller, serviceId, { tool, requestBytes: bytes })),
  ),
];

/** The view has the failure of a refused call as `error`, `code` and `hint`. */
function testView({ failure, ...result }: PolicyTestResult): ReplyBody<typeof routes.testPolicy> {
  if (failure === undefined) return result;
  const { code, message, hint } = failure;
  return { ...result, error: message, code, hint };
}
