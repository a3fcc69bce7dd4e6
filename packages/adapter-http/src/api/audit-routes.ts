import { z } from 'zod';
import type { Runtime } from '@clarity-runtime/core';
import { json } from '../http/response.ts';
import { route, type Route } from '../http/route.ts';
import type { AuditEventStreams } from './event-stream.ts';
import { after, limitOr } from '../http/query.ts';
import { auditPage, auditVerdict, serviceDetails, serviceEvents, serviceLogs } from './replies/audit-replies.ts';
import { detailsView } from './views.ts';

const OUTCOMES = 'give ok, error, tool_error or denied';
const time = z.string().max(40, 'give a time as 2026-01-31T12:00:00Z').optional();
const filters = {
  limit: limitOr(200),
  after: after.optional(),
  kind: z.string().min(1, 'give the kind of an event').max(100, 'give the kind of an event').optional(),
  level: z.enum(['info', 'warn', 'error'], 'give info, warn or error').optional(),
  since: time,
  until: time,
  caller: z.string().min(1, 'give the id of a caller').max(200, 'give the id of a caller').optional(),
  outcome: z.string().min(1, OUTCOMES).max(100, OUTCOMES).optional(),
};
const ofOne = z.strictObject(filters);
const ofAll = z.strictObject({
  ...filters,
  service_id: z.string().min(1, 'give a service id').max(100, 'give a service id').optional(),
});
const nothing = z.strictObject({});
const HASH = 'give the head of an earlier answer, 64 hexadecimal digits';
const verification = z.strictObject({
  expect: z
    .string()
    .regex(/^[0-9a-f]{64}$/, HASH)
    .optional(),
});
const details = z.strictObject({ log_limit: limitOr(50), event_limit: limitOr(100), call_limit: limitOr(20) });
const lines = z.strictObject({ limit: limitOr(200) });

/** What happened: to everything, to one service, and as it happens. */
export const auditRoutes = ({ services, audit }: Runtime, streams: AuditEventStreams): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/audit',
    title: 'What happened: the newest entries, or those after a cursor.',
    query: ofAll,
    reply: auditPage,
    run: async ({ caller, query }) => {
      const { service_id: serviceId, ...filter } = query;
      return json(await audit.page(caller, { ...filter, serviceId }));
    },
  }),
  route({
    method: 'GET',
    path: '/api/audit/verify',
    title: 'Whether the audit that is kept is what was written.',
    query: verification,
    reply: auditVerdict,
    run: async ({ caller, query }) => {
      const verdict = await audit.verify(caller, query.expect);
      return json({ ok: verdict.fault === undefined && verdict.expected !== false, ...verdict });
    },
  }),
  route({
    method: 'GET',
    path: '/api/events',
    title: 'What happens, as server-sent events; `Last-Event-ID` begins after that one.',
    query: nothing,
    reply: { contentType: 'text/event-stream', says: 'Frames whose `data` is an AuditEvent.' },
    refusals: ['TOO_MANY_STREAMS', 'SHUTTING_DOWN'],
    run: ({ caller, lastEventId }) => streams.watch(caller, lastEventId),
  }),
  route({
    method: 'GET',
    path: '/api/services/:id/logs',
    title: 'The newest log lines of a service; one answer can hold all that are kept.',
    query: lines,
    reply: serviceLogs,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id, query }) => json({ serviceId: id, lines: await audit.logs(caller, id, query.limit) }),
  }),
  route({
    method: 'GET',
    path: '/api/services/:id/events',
    title: 'What happened to one service.',
    query: ofOne,
    reply: serviceEvents,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id, query }) => {
      services.get(caller, id);
      return json({ serviceId: id, ...(await audit.page(caller, { ...query, serviceId: id })) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/services/:id/details',
    title: 'A service with everything that happened to it of late.',
    query: details,
    reply: serviceDetails,
    refusals: ['SERVICE_NOT_FOUND'],
    run: async ({ caller, id, query }) => {
      const found = await services.details(caller, id, {
        logLimit: query.log_limit,
        eventLimit: query.event_limit,
        callLimit: query.call_limit,
      });
      return json(detailsView(found));
    },
  }),
];
