import { z } from 'zod';
import { named, time } from './named.ts';
import { standing } from './service-replies.ts';

const verdict = z.enum(['compatible', 'breaking', 'suspicious']);

export const review = named(
  'InterfaceReview',
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
    pinned: z.boolean(),
    held: z.array(z.string()),
  }),
);

const request = named(
  'ApprovalRequest',
  z.object({
    id: z.string(),
    tool: z.string(),
    state: z.enum(['pending', 'approved', 'failed', 'denied']),
    requestedBy: z.object({ kind: z.string(), id: z.string(), door: z.string() }),
    client: z.string().optional(),
    arguments: z.unknown(),
    requestedAt: time,
    expiresAt: time,
    decidedBy: z.string().optional(),
    reason: z.string().optional(),
  }),
);
export const approvals = named('ApprovalList', z.object({ items: z.array(request) }));
export const approval = named('Approval', z.object({ approval: request }));

export const explanation = named(
  'Explanation',
  z.object({
    tool: z.string(),
    visibility: z.enum(['visible', 'renamed', 'hidden', 'denied', 'quarantined', 'unreachable', 'unknown']),
    callable: z.boolean(),
    name: z.string().optional(),
    service: z
      .object({
        serviceId: z.string(),
        namespace: z.string(),
        ...standing,
        era: z.enum(['legacy', 'modern']).optional(),
      })
      .optional(),
    reasons: z.array(z.object({ code: z.string(), text: z.string(), hint: z.string().optional() })),
  }),
);
