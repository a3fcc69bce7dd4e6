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

export const auditPage = named('AuditPage', z.object({ items: z.array(event), next: z.string() }));
export const serviceEvents = named(
  'ServiceEvents',
  z.object({ serviceId: z.string(), items: z.array(event), next: z.string() }),
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
