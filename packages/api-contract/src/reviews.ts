import { z } from 'zod';
import type { ApiErrorCode } from './errors.ts';
import { get, GRANTS, NO_SERVICE, post } from './route.ts';
import { named, time, type Immutable } from './schemas.ts';
import { serviceState } from './services.ts';

const verdict = z.enum(['compatible', 'breaking', 'suspicious']);

export const review = named('InterfaceReview', () =>
  z.object({
    serviceId: z.string(),
    from: z.string().nullable(),
    to: z.string(),
    verdict,
    changes: z.array(
      z.object({
        kind: z.enum(['tool', 'prompt', 'resource', 'resourceTemplate', 'instructions']),
        name: z.string(),
        change: z.enum(['added', 'removed', 'changed', 'renamed']),
        from: z.string().optional(),
        verdict,
        reasons: z.array(z.object({ code: z.string(), verdict, where: z.string() })),
      }),
    ),
    digest: z.string(),
    pinned: z.boolean(),
    held: z.array(z.string()),
    heldContents: z.object({
      prompts: z.array(z.string()),
      resources: z.array(z.string()),
      resourceTemplates: z.array(z.string()),
    }),
  }),
);

export const approvalRequest = named('ApprovalRequest', () =>
  z.object({
    id: z.string(),
    digest: z.string(),
    tool: z.string(),
    state: z.enum(['pending', 'approved', 'failed', 'denied']),
    requestedBy: z.object({ kind: z.string(), id: z.string(), door: z.string(), profile: z.string().optional() }),
    client: z.string().optional(),
    arguments: z.unknown(),
    requestedAt: time,
    expiresAt: time,
    decidedBy: z.string().optional(),
    reason: z.string().optional(),
  }),
);
export const approvals = named('ApprovalList', () => z.object({ items: z.array(approvalRequest) }));
export const approval = named('Approval', () => z.object({ approval: approvalRequest }));

export const explanation = named('Explanation', () =>
  z.object({
    tool: z.string(),
    visibility: z.enum(['visible', 'renamed', 'hidden', 'denied', 'quarantined', 'unreachable', 'unknown']),
    callable: z.boolean(),
    name: z.string().optional(),
    service: z
      .object({
        serviceId: z.string(),
        namespace: z.string(),
        ...serviceState,
        era: z.enum(['legacy', 'modern']).optional(),
      })
      .optional(),
    reasons: z.array(z.object({ code: z.string(), text: z.string(), hint: z.string().optional() })),
  }),
);

/** Changes of an interface since it was accepted. */
export type ReviewReply = Immutable<z.output<typeof review>>;
/** A request that waits for an operator, or its decision. */
export type ApprovalReply = Immutable<z.output<typeof approvalRequest>>;
/** Why a caller sees, or does not see, a tool. */
export type ExplanationReply = Immutable<z.output<typeof explanation>>;

const name = z.string().min(1).max(300);
/** Digest of the state that the operator has seen: SHA-256 in lower-case hex. Another present state is a conflict. */
const seenDigest = z.string().regex(/^[0-9a-f]{64}$/);
export const acceptBody = z.strictObject({
  tools: z.array(name).min(1).max(2_000).optional(),
  digest: seenDigest.optional(),
  revision: z.string().min(1).max(100).optional(),
});
export const approveBody = z.strictObject({ digest: seenDigest.optional() });
export const denyBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

const grants = z
  .string()
  .max(200)
  .transform((text) => text.split(',').filter((grant) => grant !== ''))
  .pipe(z.array(z.enum(GRANTS)));
export const explainQuery = z.strictObject({ tool: name, grants: grants.optional() });

const APPROVAL: readonly ApiErrorCode[] = ['APPROVAL_NOT_FOUND'];

/** Routes of interface reviews and approvals. */
export const reviewsRoutes = {
  getReview: get(
    '/api/services/:id/interface/diff',
    'Compares the interface of a service with the accepted interface, or with the previous one.',
    { grant: 'read', reply: review, errors: NO_SERVICE },
  ),
  acceptInterface: post(
    '/api/services/:id/interface/accept',
    'Accepts the current interface of a service: all of it, or the named tools.',
    {
      grant: 'approve',
      body: acceptBody,
      reply: review,
      errors: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'TOOL_NOT_FOUND', 'REVISION_CONFLICT'],
    },
  ),
  listApprovals: get('/api/approvals', 'Returns the requests of clients that an operator decides on, at most 32.', {
    grant: 'approve',
    reply: approvals,
  }),
  approve: post('/api/approvals/:id/approve', 'Approves a request and executes it. The reply has the outcome.', {
    grant: 'approve',
    body: approveBody,
    reply: approval,
    errors: [...APPROVAL, 'REVISION_CONFLICT'],
  }),
  deny: post('/api/approvals/:id/deny', 'Denies a request.', {
    grant: 'approve',
    body: denyBody,
    reply: approval,
    errors: APPROVAL,
  }),
  explainTool: get('/api/explain', 'Explains why a client of the MCP endpoint sees a tool, or does not see it.', {
    grant: 'read',
    query: explainQuery,
    reply: explanation,
  }),
};
