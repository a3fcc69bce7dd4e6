import { z } from 'zod';
import type { PolicyTestResult, Runtime } from '@clarity-runtime/core';
import { json } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import { pageOf, pageQuery } from './paging.ts';
import { policies as list, policy, policyReport, policyTest, removedPolicy } from './replies/policy-replies.ts';

const applyBody = z.strictObject({ policy: z.unknown() });
const removeBody = z.strictObject({});
const testBody = z.strictObject({
  serviceId: z.string().min(1).max(128),
  tool: z.string().min(1).max(256),
  bytes: z.number().int().min(0).max(1_000_000_000).optional(),
});

/** Policies by name, what they come to for a service, and what would happen to a call. */
export const policyRoutes = ({ policies }: Runtime): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/policies',
    title: 'All policies, ordered by name.',
    query: pageQuery,
    reply: list,
    run: ({ caller, query }) => json(pageOf(policies.list(caller), ({ metadata: { name } }) => name, query)),
  }),
  route({
    method: 'POST',
    path: '/api/policies/apply',
    title: 'Puts a policy in place of the one of its name.',
    body: applyBody,
    reply: policy,
    refusals: ['POLICY_INVALID', 'REVISION_CONFLICT'],
    run: async ({ caller, body }) => json({ policy: await policies.apply(caller, body.policy) }),
  }),
  route({
    method: 'GET',
    path: '/api/policies/:id',
    title: 'One policy, by name.',
    reply: policy,
    refusals: ['POLICY_NOT_FOUND'],
    run: ({ caller, id }) => json({ policy: policies.get(caller, id) }),
  }),
  route({
    method: 'DELETE',
    path: '/api/policies/:id',
    title: 'Deletes a policy that no service names.',
    body: removeBody,
    reply: removedPolicy,
    refusals: ['POLICY_NOT_FOUND', 'POLICY_IN_USE', 'REVISION_CONFLICT'],
    run: async ({ caller, id }) => {
      await policies.remove(caller, id);
      return json({ removed: true, name: id });
    },
  }),
  route({
    method: 'GET',
    path: '/api/services/:id/policy',
    title: 'What holds for the calls of a service, and what that was made of.',
    reply: policyReport,
    refusals: ['SERVICE_NOT_FOUND'],
    run: ({ caller, id }) => json(policies.show(caller, id)),
  }),
  route({
    method: 'POST',
    path: '/api/policy/test',
    title: 'What would happen to a call; nothing is called.',
    body: testBody,
    reply: policyTest,
    refusals: ['SERVICE_NOT_FOUND'],
    run: ({ caller, body: { serviceId, tool, bytes = 0 } }) =>
      json(testView(policies.test(caller, serviceId, { tool, requestBytes: bytes }))),
  }),
];

/** A refusal in the words in which errors are told. */
function testView({ failure, ...result }: PolicyTestResult): object {
  if (failure === undefined) return result;
  const { code, message, hint } = failure;
  return { ...result, error: message, code, hint };
}
