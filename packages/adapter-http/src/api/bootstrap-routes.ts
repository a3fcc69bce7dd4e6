import { z } from 'zod';
import type { BootstrapResult, Runtime } from '@clarity-runtime/core';
import { json, type Reply } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import { clientResults, clientStates } from './replies/bootstrap-replies.ts';

const MAX_CLIENTS = 32;

const common = {
  clients: z.array(z.string()).max(MAX_CLIENTS).default([]),
  scope: z.enum(['user', 'project']).default('user'),
  dry_run: z.boolean().default(false),
};
const putBody = z.strictObject({ ...common, transport: z.enum(['stdio', 'http']).default('stdio') });
const removeBody = z.strictObject(common);

/** Clients of the user that the daemon runs as. */
export const bootstrapRoutes = ({ bootstrap }: Runtime): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/bootstrap/status',
    title: 'AI clients of the user that the daemon runs as, and whether they know this gateway.',
    reply: clientStates,
    run: async ({ caller }) => json({ clients: await bootstrap.status(caller) }),
  }),
  route({
    method: 'POST',
    path: '/api/bootstrap',
    title: 'Points AI clients at this gateway. One that refuses makes the answer a refusal that lists all.',
    body: putBody,
    reply: clientResults,
    refusals: ['CLIENT_CONFIG_REFUSED'],
    run: async ({ caller, body: { clients, scope, transport, dry_run: dryRun } }) =>
      resultsReply(await bootstrap.put(caller, { clients, scope, transport, dryRun })),
  }),
  route({
    method: 'DELETE',
    path: '/api/bootstrap',
    title: 'Takes this gateway out of AI clients.',
    body: removeBody,
    reply: clientResults,
    refusals: ['CLIENT_CONFIG_REFUSED'],
    run: async ({ caller, body: { clients, scope, dry_run: dryRun } }) =>
      resultsReply(await bootstrap.remove(caller, { clients, scope, dryRun })),
  }),
];

/** A refusal as a whole when one client refused; what became of the others stands in it. */
function resultsReply(results: readonly BootstrapResult[]): Reply {
  const rows = results.map(rowOf);
  const failed = results.find((result) => 'failure' in result);
  if (failed === undefined) return json({ results: rows });
  const { message, code, field, hint } = failed.failure;
  const status = code === 'REQUEST_INVALID' ? 400 : 409;
  return json({ error: message, code, ...(field === undefined ? {} : { field }), hint, results: rows }, status);
}

/** The entry of our own and not the difference, whose lines come from a file that may hold secrets of others. */
function rowOf(result: BootstrapResult): object {
  const { client, updated } = result;
  if ('failure' in result) {
    const { message, code, hint } = result.failure;
    return { client, updated, error: message, code, hint };
  }
  const { path, next, entry } = result;
  return { client, updated, path, next, ...(entry === '' ? {} : { entry }) };
}
