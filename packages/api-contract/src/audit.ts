import { z } from 'zod';
import { anyObject, named, time, whole } from './named.ts';
import { knownInterface, record, summary } from './service-replies.ts';

const event = named(
  'AuditEvent',
  z.object({
    seq: whole,
    id: z.string(),
    at: time,
    kind: z.string(),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
    serviceId: z.string().optional(),
    caller: z.object({ kind: z.string(), id: z.string(), door: z.string() }).optional(),
    data: anyObject.optional(),
    op: z.string().optional(),
  }),
);

/** How many entries were dropped for room between the cursor and this page. */
const missed = whole.optional();
export const auditPage = named('AuditPage', z.object({ items: z.array(event), next: z.string(), missed }));
export const auditVerdict = named(
  'AuditVerdict',
  z.object({
    ok: z.boolean(),
    records: whole,
    links: whole,
    head: z.string(),
    from: whole,
    to: whole,
    outside: whole,
    expected: z.boolean().optional(),
    fault: z.object({ seq: whole.optional(), reason: z.string() }).optional(),
  }),
);
export const serviceEvents = named(
  'ServiceEvents',
  z.object({ serviceId: z.string(), items: z.array(event), next: z.string(), missed }),
);
export const serviceLogs = named('ServiceLogs', z.object({ serviceId: z.string(), lines: z.array(z.string()) }));
export const serviceDetails = named(
  'ServiceDetails',
  z.object({
    serviceId: z.string(),
    summary,
    service: record,
    interface: knownInterface,
    logs: z.array(z.string()),
    events: z.array(event),
    recentCalls: z.array(z.object({ at: time, message: z.string(), data: anyObject.optional() })),
  }),
);
