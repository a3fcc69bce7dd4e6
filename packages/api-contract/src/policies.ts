import { z } from 'zod';
import { del, get, NO_SERVICE, post } from './route.ts';
import { named, noBody, pageQuery, whole, type Immutable } from './schemas.ts';

const bounds = {
  timeoutMs: whole.optional(),
  idleTimeoutMs: whole.optional(),
  maxTimeoutMs: whole.optional(),
  maxRequestBytes: whole.optional(),
  maxResponseBytes: whole.optional(),
  maxConcurrency: whole.optional(),
  queue: whole.optional(),
  rate: z.object({ perMinute: whole, burst: whole.optional() }).optional(),
};
const callBounds = named('CallBounds', () => z.object(bounds));
const rules = named('PolicyRules', () =>
  z.object({
    ...bounds,
    allowTools: z.array(z.string()).optional(),
    denyTools: z.array(z.string()).optional(),
    allowPrompts: z.array(z.string()).optional(),
    denyPrompts: z.array(z.string()).optional(),
    allowResources: z.array(z.string()).optional(),
    denyResources: z.array(z.string()).optional(),
    tools: z.record(z.string(), callBounds).optional(),
  }),
);
const policyDocument = named('Policy', () =>
  z.object({
    apiVersion: z.literal('clarity.runtime/v1'),
    kind: z.literal('Policy'),
    metadata: z.object({ name: z.string(), description: z.string().optional() }),
    spec: rules,
  }),
);

export const policies = named('PolicyList', () =>
  z.object({ items: z.array(policyDocument), next: z.string().optional() }),
);
export const policy = named('NamedPolicy', () =>
  z.object({ policy: policyDocument, digest: z.string().meta({ description: 'For `apply`.' }) }),
);
export const removedPolicy = named('RemovedPolicy', () => z.object({ removed: z.literal(true), name: z.string() }));
export const policyReport = named('PolicyReport', () =>
  z.object({
    serviceId: z.string(),
    policyRef: z.string(),
    effective: rules,
    sources: z.array(z.object({ where: z.string(), policy: rules })),
  }),
);
export const policyTest = named('PolicyTest', () =>
  z.object({
    serviceId: z.string(),
    tool: z.string(),
    verdict: z.enum(['allowed', 'refused']),
    bounds: callBounds,
    times: z.object({ idleMs: whole, totalMs: whole }),
    rule: z.string().optional(),
    error: z.string().optional(),
    code: z.string().optional(),
    hint: z.string().optional(),
  }),
);

/** The effective policy of a service with the source of each value. */
export type PolicyReportReply = Immutable<z.output<typeof policyReport>>;

export const applyPolicyBody = z.strictObject({
  policy: z.unknown(),
  /** `digest` of the policy that the change replaces; null when it must not exist. Another stored policy is a conflict. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .optional(),
});
export const testPolicyBody = z.strictObject({
  serviceId: z.string().min(1).max(128),
  tool: z.string().min(1).max(256),
  bytes: z.number().int().min(0).max(1_000_000_000).optional(),
});

/** Routes of policies. */
export const policiesRoutes = {
  listPolicies: get('/api/policies', 'Returns all policies, ordered by name.', {
    grant: 'inspect',
    query: pageQuery,
    reply: policies,
  }),
  applyPolicy: post('/api/policies/apply', 'Creates a policy, or replaces the policy of the same name.', {
    grant: 'provision',
    body: applyPolicyBody,
    reply: policy,
    errors: ['POLICY_INVALID', 'REVISION_CONFLICT'],
  }),
  getPolicy: get('/api/policies/:id', 'Returns one policy by name.', {
    grant: 'inspect',
    reply: policy,
    errors: ['POLICY_NOT_FOUND'],
  }),
  removePolicy: del('/api/policies/:id', 'Deletes a policy that no service uses.', {
    grant: 'provision',
    body: noBody,
    reply: removedPolicy,
    errors: ['POLICY_NOT_FOUND', 'POLICY_IN_USE', 'REVISION_CONFLICT'],
  }),
  getServicePolicy: get('/api/services/:id/policy', 'Returns the effective policy of a service and its sources.', {
    grant: 'inspect',
    reply: policyReport,
    errors: NO_SERVICE,
  }),
  testPolicy: post('/api/policy/test', 'Evaluates the policy for a call without the call.', {
    grant: 'inspect',
    body: testPolicyBody,
    reply: policyTest,
    errors: NO_SERVICE,
  }),
};
