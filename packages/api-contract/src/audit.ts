import { z } from 'zod';
import { get, NO_SERVICE } from './route.ts';
import { after, anyObject, limitOr, named, noQuery, time, whole, type Immutable } from './schemas.ts';
import { knownInterface, serviceRecord, serviceSummary } from './services.ts';

/** One event of the audit log; also `data` of the frames of `/api/events`. */
export const auditEvent = named('AuditEvent', () =>
  z.object({
    seq: whole,
    id: z.string(),
    at: time,
    kind: z.string(),
    level: z.enum(['info', 'warn', 'error']),
    message: z.string(),
    serviceId: z.string().optional(),
    caller: z.object({ kind: z.string(), id: z.string(), door: z.string(), profile: z.string().optional() }).optional(),
    data: anyObject.optional(),
    op: z.string().optional(),
  }),
);

/** The number of entries between the cursor and this page that the retention limit deleted. */
const missed = whole.optional();
export const auditPage = named('AuditPage', () => z.object({ items: z.array(auditEvent), next: z.string(), missed }));

/** The result of a verification of the hash chain. */
export const auditVerdict = named('AuditVerdict', () =>
  z.object({
    ok: z.boolean(),
    records: whole,
    links: whole,
    head: z.string(),
    from: whole,
    to: whole,
    outside: whole,
    /** Events that retention deleted and the chain still counts. */
    dropped: whole.optional(),
    expected: z.boolean().optional(),
    fault: z.object({ seq: whole.optional(), reason: z.string() }).optional(),
  }),
);

export const serviceEvents = named('ServiceEvents', () =>
  z.object({ serviceId: z.string(), items: z.array(auditEvent), next: z.string(), missed }),
);
export const serviceLogs = named('ServiceLogs', () => z.object({ serviceId: z.string(), lines: z.array(z.string()) }));

/** A service with its interface, log lines, events and calls. */
export const serviceDetails = named('ServiceDetails', () =>
  z.object({
    serviceId: z.string(),
    summary: serviceSummary,
    service: serviceRecord,
    interface: knownInterface,
    logs: z.array(z.string()),
    events: z.array(auditEvent),
    recentCalls: z.array(z.object({ at: time, message: z.string(), data: anyObject.optional() })),
  }),
);

/** An audit event in a reply. */
export type AuditEventReply = Immutable<z.output<typeof auditEvent>>;
/** A page of audit events. */
export type AuditPageReply = Immutable<z.output<typeof auditPage>>;
/** The result of a verification of the audit log. */
export type AuditVerdictReply = Immutable<z.output<typeof auditVerdict>>;
/** A service with its log lines, events and calls. */
export type ServiceDetailsReply = Immutable<z.output<typeof serviceDetails>>;

const OUTCOMES = 'use ok, error, tool_error or denied';
const moment = z.string().max(40, 'use a time such as 2026-01-31T12:00:00Z').optional();
const filters = {
  limit: limitOr(200),
  after: after.optional(),
  kind: z.string().min(1, 'use an event kind').max(100, 'use an event kind').optional(),
  level: z.enum(['info', 'warn', 'error'], 'use info, warn or error').optional(),
  since: moment,
  until: moment,
  caller: z.string().min(1, 'use a caller id').max(200, 'use a caller id').optional(),
  outcome: z.string().min(1, OUTCOMES).max(100, OUTCOMES).optional(),
};
/** Filters of the events of one service. */
export const serviceEventsQuery = z.strictObject(filters);
/** Filters of the events of all services. */
export const auditQuery = z.strictObject({
  ...filters,
  service_id: z.string().min(1, 'use a service id').max(100, 'use a service id').optional(),
});

const HASH = 'use the head of an earlier verdict, 64 hexadecimal digits';
export const auditVerifyQuery = z.strictObject({
  expect: z
    .string()
    .regex(/^[0-9a-f]{64}$/, HASH)
    .optional(),
});
export const detailsQuery = z.strictObject({
  log_limit: limitOr(50),
  event_limit: limitOr(100),
  call_limit: limitOr(20),
});
export const logsQuery = z.strictObject({ limit: limitOr(200) });

/** Routes of audit events and log lines. */
export const auditRoutes = {
  getAudit: get('/api/audit', 'Returns audit events: the newest, or those after a cursor.', {
    grant: 'inspect',
    query: auditQuery,
    reply: auditPage,
  }),
  verifyAudit: get('/api/audit/verify', 'Verifies the hash chain of the audit log.', {
    grant: 'inspect',
    query: auditVerifyQuery,
    reply: auditVerdict,
  }),
  watchEvents: get(
    '/api/events',
    'Streams audit events as server-sent events; `Last-Event-ID` resumes after that event.',
    {
      grant: 'inspect',
      query: noQuery,
      reply: { contentType: 'text/event-stream', description: 'Events whose `data` is an AuditEvent.' },
      errors: ['TOO_MANY_STREAMS', 'SHUTTING_DOWN'],
    },
  ),
  getServiceLogs: get('/api/services/:id/logs', 'Returns the newest log lines of a service.', {
    grant: 'inspect',
    query: logsQuery,
    reply: serviceLogs,
    errors: NO_SERVICE,
  }),
  getServiceEvents: get('/api/services/:id/events', 'Returns the audit events of one service.', {
    grant: 'inspect',
    query: serviceEventsQuery,
    reply: serviceEvents,
    errors: NO_SERVICE,
  }),
  getServiceDetails: get(
    '/api/services/:id/details',
    'Returns a service with its interface, log lines, audit events and recent calls.',
    { grant: 'inspect', query: detailsQuery, reply: serviceDetails, errors: NO_SERVICE },
  ),
};
