import { routes } from '@clarity-runtime/api-contract';
import { type BootstrapResult, type Runtime } from '@clarity-runtime/core';
import { defined } from '@clarity-runtime/core/internal';
import { json, type Reply } from '../http/response.ts';
import { jsonRoute, route, type HttpRoute, type ReplyBody } from '../http/route.ts';

/** Returns the routes of the AI clients of the user that runs the daemon. */
export const bootstrapRoutes = ({ bootstrap }: Runtime): readonly HttpRoute[] => [
  jsonRoute(routes.getClients, async ({ caller }) => ({ clients: await bootstrap.status(caller) })),
  route(routes.connectClients, async ({ caller, body: { clients, scope, transport, dry_run: dryRun } }) =>
    resultsReply(await bootstrap.put(caller, { clients, scope, transport, dryRun })),
  ),
  route(routes.removeClients, async ({ caller, body: { clients, scope, dry_run: dryRun } }) =>
    resultsReply(await bootstrap.remove(caller, { clients, scope, dryRun })),
  ),
];

/** Returns 200 with all results, or the first failure together with all results. */
function resultsReply(results: readonly BootstrapResult[]): Reply {
  const failed = results.find((result) => 'failure' in result);
  if (failed === undefined) {
    const body: ReplyBody<typeof routes.connectClients> = { results: results.map(resultView) };
    return json(body);
  }
  const { message, code, field, hint } = failed.failure;
  const status = code === 'REQUEST_INVALID' ? 400 : 409;
  return json({ error: message, code, ...defined({ field }), hint, results: results.map(resultView) }, status);
}

/** The view has the entry of this gateway and not the difference: its lines may contain secrets of other entries. */
function resultView(result: BootstrapResult) {
  const { client, updated } = result;
  if ('failure' in result) {
    const { message, code, hint } = result.failure;
    return { client, updated, error: message, code, hint };
  }
  const { path, next, entry } = result;
  return { client, updated, path, next, ...(entry === '' ? {} : { entry }) };
}
