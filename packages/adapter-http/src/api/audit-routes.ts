import { routes } from '@clarity-runtime/api-contract';
import type { Runtime } from '@clarity-runtime/core';
import { jsonRoute, route, type HttpRoute } from '../http/route.ts';
import type { AuditEventStreams } from './event-stream.ts';
import { detailsView } from './views.ts';

/** Returns the routes of the audit log, of the event stream and of the history of one service. */
export const auditRoutes = (
  { services, audit, overview }: Runtime,
  streams: AuditEventStreams,
): readonly HttpRoute[] => [
  jsonRoute(routes.getAudit, ({ caller, query: { service_id: serviceId, ...filter } }) =>
    audit.page(caller, { ...filter, serviceId }),
  ),
  jsonRoute(routes.verifyAudit, async ({ caller, query }) => {
    const verdict = await audit.verify(caller, query.expect);
    return { ok: verdict.fault === undefined && verdict.expected !== false, ...verdict };
  }),
  route(routes.watchEvents, ({ caller, lastEventId }) => streams.watch(caller, lastEventId)),
  jsonRoute(routes.getServiceLogs, async ({ caller, id, query }) => ({
    serviceId: id,
    lines: await audit.logs(caller, id, query.limit),
  })),
  jsonRoute(routes.getServiceEvents, async ({ caller, id, query }) => {
    services.get(caller, id);
    return { serviceId: id, ...(await audit.page(caller, { ...query, serviceId: id })) };
  }),
  jsonRoute(routes.getServiceDetails, async ({ caller, id, query }) => {
    const limits = { logLimit: query.log_limit, eventLimit: query.event_limit, callLimit: query.call_limit };
    const details = await services.details(caller, id, limits);
    return detailsView(details, await overview.problem(caller, details.view.service.serviceId), caller);
  }),
];
