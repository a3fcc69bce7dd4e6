import { z } from 'zod';
import type { Caller, Runtime } from '@clarity-runtime/core';
import { json } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import { approval, approvals, explanation, review } from './replies/control-replies.ts';

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
  route({
    method: 'GET',
    path: '/api/services/:id/interface/diff',
    title: 'What changed at a service since its interface was accepted, or since it was asked before.',
    reply: review,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id }) => json(await runtime.interfaces.review(caller, id)),
  }),
  route({
    method: 'POST',
    path: '/api/services/:id/interface/accept',
    title: 'Accepts what a service offers now: everything, or the named tools.',
    body: acceptBody,
    reply: review,
    refusals: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'TOOL_NOT_FOUND'],
    run: async ({ caller, id, body }) => json(await runtime.interfaces.accept(caller, id, body.tools)),
  }),
  route({
    method: 'GET',
    path: '/api/approvals',
    title: 'What clients asked for and an operator decides on; never more than 32.',
    reply: approvals,
    run: async ({ caller }) => json({ items: await runtime.approvals.list(caller) }),
  }),
  route({
    method: 'POST',
    path: '/api/approvals/:id/approve',
    title: 'Does what was asked for. Whether it went well stands in the answer.',
    body: noBody,
    reply: approval,
    refusals: ['APPROVAL_NOT_FOUND'],
    run: async ({ caller, id }) => json({ approval: await runtime.approvals.approve(caller, id) }),
  }),
  route({
    method: 'POST',
    path: '/api/approvals/:id/deny',
    title: 'Refuses what was asked for.',
    body: denyBody,
    reply: approval,
    refusals: ['APPROVAL_NOT_FOUND'],
    run: async ({ caller, id, body }) => json({ approval: await runtime.approvals.deny(caller, id, body.reason) }),
  }),
  route({
    method: 'GET',
    path: '/api/explain',
    title: 'Why a client of the MCP endpoint sees a tool as it does.',
    query: explainQuery,
    reply: explanation,
    run: async ({ caller, query: { tool, grants: held } }) => {
      const client = asClient(caller);
      return json(
        await runtime.explain(caller, tool, held === undefined ? client : { ...client, grants: new Set(held) }),
      );
    },
  }),
];
