import { routes } from '@clarity-runtime/api-contract';
import { type Caller, grantOf, type Runtime } from '@clarity-runtime/core';
import { jsonRoute, type HttpRoute } from '../http/route.ts';

/**
 * Returns the routes of interface reviews, of approvals and of the explanation of a tool. `asClient` returns the client of
 * the MCP endpoint for which a tool is explained to an operator.
 */
export const controlRoutes = (runtime: Runtime, asClient: (caller: Caller) => Caller): readonly HttpRoute[] => [
  jsonRoute(routes.getReview, ({ caller, id }) => runtime.interfaces.review(caller, id)),
  jsonRoute(routes.acceptInterface, ({ caller, id, body }) =>
    runtime.interfaces.accept(caller, id, body.tools, { digest: body.digest, revision: body.revision }),
  ),
  jsonRoute(routes.listApprovals, async ({ caller }) => ({ items: await runtime.approvals.list(caller) })),
  jsonRoute(routes.approve, async ({ caller, id, body }) => ({
    approval: await runtime.approvals.approve(caller, id, body.digest),
  })),
  jsonRoute(routes.deny, async ({ caller, id, body }) => ({
    approval: await runtime.approvals.deny(caller, id, body.reason),
  })),
  jsonRoute(routes.explainTool, ({ caller, query: { tool, grants } }) => {
    const client = asClient(caller);
    return runtime.explain(caller, tool, grants === undefined ? client : { ...client, grants: [grantOf(...grants)] });
  }),
];
