import { z } from 'zod';
import type { Runtime } from '@clarity-runtime/core';
import { json } from '../http/response.ts';
import type { Route } from '../http/router.ts';
import type { EventStreams } from './event-streams.ts';
import { limitOr, parseQuery } from './query.ts';
import { detailsView } from './views.ts';

const filters = {
  limit: limitOr(200),
  after: z.string().optional(),
  kind: z.string().min(1, 'give the kind of an event').max(100, 'give the kind of an event').optional(),
  level: z.enum(['info', 'warn', 'error'], 'give info, warn or error').optional(),
};
const ofOne = z.strictObject(filters);
const ofAll = z.strictObject({
  ...filters,
  service_id: z.string().min(1, 'give a service id').max(100, 'give a service id').optional(),
});
const nothing = z.strictObject({});
const details = z.strictObject({ log_limit: limitOr(50), event_limit: limitOr(100), call_limit: limitOr(20) });
const lines = z.strictObject({ limit: limitOr(200) });

/** What happened: to everything, to one service, and as it happens. */
export const auditRoutes = ({ services, audit }: Runtime, streams: EventStreams): readonly Route[] => [
  {
    method: 'GET',
    path: '/api/audit',
    run: async ({ caller, query }) => {
      const { service_id: serviceId, ...filter } = parseQuery(query, ofAll);
      return json(await audit.page(caller, { ...filter, serviceId }));
    },
  },
  {
    method: 'GET',
    path: '/api/events',
    run: ({ caller, query, lastEventId }) => {
      parseQuery(query, nothing);
      return streams.watch(caller, lastEventId);
    },
  },
  {
    method: 'GET',
    path: '/api/services/:id/logs',
    run: async ({ caller, id, query }) => {
      const { limit } = parseQuery(query, lines);
      return json({ serviceId: id, lines: await audit.logs(caller, id, limit) });
    },
  },
  {
    method: 'GET',
    path: '/api/services/:id/events',
    run: async ({ caller, id, query }) => {
      const filter = parseQuery(query, ofOne);
      services.get(caller, id);
      return json({ serviceId: id, ...(await audit.page(caller, { ...filter, serviceId: id })) });
    },
  },
  {
    method: 'GET',
    path: '/api/services/:id/details',
    run: async ({ caller, id, query }) => {
      const limits = parseQuery(query, details);
      const found = await services.details(caller, id, {
        logLimit: limits.log_limit,
        eventLimit: limits.event_limit,
        callLimit: limits.call_limit,
      });
      return json(detailsView(found));
    },
  },
];
