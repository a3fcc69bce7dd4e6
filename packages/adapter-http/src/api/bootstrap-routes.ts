import { z } from 'zod';
import type { BootstrapResult, Runtime } from '@clarity-runtime/core';
import { parseJsonBody } from '../http/json-body.ts';
import { json, type Reply } from '../http/response.ts';
import type { Route } from '../http/router.ts';

const MOST_CLIENTS = 32;

const common = {
  clients: z.array(z.string()).max(MOST_CLIENTS).default([]),
  scope: z.enum(['user', 'project']).default('user'),
  dry_run: z.boolean().default(false),
};
const putBody = z.strictObject({ ...common, transport: z.enum(['stdio', 'http']).default('stdio') });
const removeBody = z.strictObject(common);

/** Clients of the user that the daemon runs as. */
export const bootstrapRoutes = ({ bootstrap }: Runtime): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/bootstrap/status',
    run: async ({ caller }) => json({ clients: await bootstrap.status(caller) }),
  },
  {
    method: 'POST',
    path: '/api/bootstrap',
    run: async ({ caller, body }) => {
      const { clients, scope, transport, dry_run: dryRun } = parseJsonBody(body, putBody);
      return resultsReply(await bootstrap.put(caller, { clients, scope, transport, dryRun }));
    },
  },
  {
    method: 'DELETE',
    path: '/api/bootstrap',
    run: async ({ caller, body }) => {
      const { clients, scope, dry_run: dryRun } = parseJsonBody(body, removeBody);
      return resultsReply(await bootstrap.remove(caller, { clients, scope, dryRun }));
    },
  },
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
