import { z } from 'zod';
import type { Caller, Runtime } from '@clarity-runtime/core';
import { parseJsonBody } from '../http/json-body.ts';
import { json } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import { parseQuery } from './query.ts';

const name = z.string().min(1).max(300);
const acceptBody = z.strictObject({ tools: z.array(name).min(1).max(2_000).optional() });
const denyBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
const noBody = z.strictObject({});
const GRANTS = ['read', 'call', 'operate', 'provision', 'secrets'] as const;
const grants = z
  .string()
  .transform((text) => text.split(',').filter((grant) => grant !== ''))
  .pipe(z.array(z.enum(GRANTS)));
const explainQuery = z.strictObject({ tool: name, grants: grants.optional() });

/**
 * What an operator sees and decides: changed interfaces, requests of clients, and why a tool is as it is. `asClient` makes
 * of an operator the client of the MCP endpoint that a tool is explained for.
 */
export const controlRoutes = (runtime: Runtime, asClient: (caller: Caller) => Caller): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/services/:id/interface/diff',
    run: async ({ caller, id }) => json(await runtime.interfaces.review(caller, id)),
  },
  {
    method: 'POST',
    path: '/api/services/:id/interface/accept',
    run: async ({ caller, id, body }) => {
      const { tools } = parseJsonBody(body, acceptBody);
      return json(await runtime.interfaces.accept(caller, id, tools));
    },
  },
  {
    method: 'GET',
    path: '/api/approvals',
    run: async ({ caller }) => json({ items: await runtime.approvals.list(caller) }),
  },
  {
    method: 'POST',
    path: '/api/approvals/:id/approve',
    run: async ({ caller, id, body }) => {
      parseJsonBody(body, noBody);
      return json({ approval: await runtime.approvals.approve(caller, id) });
    },
  },
  {
    method: 'POST',
    path: '/api/approvals/:id/deny',
    run: async ({ caller, id, body }) => {
      const { reason } = parseJsonBody(body, denyBody);
      return json({ approval: await runtime.approvals.deny(caller, id, reason) });
    },
  },
  {
    method: 'GET',
    path: '/api/explain',
    run: async ({ caller, query }) => {
      const { tool, grants: held } = parseQuery(query, explainQuery);
      const client = asClient(caller);
      return json(
        await runtime.explain(caller, tool, held === undefined ? client : { ...client, grants: new Set(held) }),
      );
    },
  },
];
