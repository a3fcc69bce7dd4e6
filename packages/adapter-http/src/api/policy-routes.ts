import { z } from 'zod';
import type { PolicyTestResult, Runtime } from '@clarity-runtime/core';
import { parseJsonBody } from '../http/json-body.ts';
import { json } from '../http/response.ts';
import type { Route } from '../http/router.ts';

const applyBody = z.strictObject({ policy: z.unknown() });
const removeBody = z.strictObject({});
const testBody = z.strictObject({
  serviceId: z.string().min(1).max(128),
  tool: z.string().min(1).max(256),
  bytes: z.number().int().min(0).max(1_000_000_000).optional(),
});

/** Policies by name, what they come to for a service, and what would happen to a call. */
export const policyRoutes = ({ policies }: Runtime): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/policies',
    run: ({ caller }) => json({ items: policies.list(caller) }),
  },
  {
    method: 'POST',
    path: '/api/policies/apply',
    run: async ({ caller, body }) => {
      const { policy } = parseJsonBody(body, applyBody);
      return json({ policy: await policies.apply(caller, policy) });
    },
  },
  {
    method: 'GET',
    path: '/api/policies/:id',
    run: ({ caller, id }) => json({ policy: policies.get(caller, id) }),
  },
  {
    method: 'DELETE',
    path: '/api/policies/:id',
    run: async ({ caller, id, body }) => {
      parseJsonBody(body, removeBody);
      await policies.remove(caller, id);
      return json({ removed: true, name: id });
    },
  },
  {
    method: 'GET',
    path: '/api/services/:id/policy',
    run: ({ caller, id }) => json(policies.show(caller, id)),
  },
  {
    method: 'POST',
    path: '/api/policy/test',
    run: ({ caller, body }) => {
      const { serviceId, tool, bytes = 0 } = parseJsonBody(body, testBody);
      return json(testView(policies.test(caller, serviceId, { tool, requestBytes: bytes })));
    },
  },
];

/** A refusal in the words in which errors are told. */
function testView({ failure, ...result }: PolicyTestResult): object {
  if (failure === undefined) return result;
  const { code, message, hint } = failure;
  return { ...result, error: message, code, hint };
}
