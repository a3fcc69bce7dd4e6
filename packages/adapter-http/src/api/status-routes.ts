import { routes } from '@clarity-runtime/api-contract';
import { decide, grantRequired, isRemote, shownSource } from '@clarity-runtime/core/internal';
import type { Runtime, ServiceView } from '@clarity-runtime/core';
import { jsonRoute, route, type HttpRoute, type ReplyBody } from '../http/route.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { summaryView } from './views.ts';

/** Returns the settings of the daemon as text, without secrets. */
export type SettingsReader = () => readonly {
  readonly name: string;
  readonly value: string;
  readonly source: string;
}[];

/** Returns the route of the metrics for Prometheus. */
export const metricsRoutes = (metrics: Metrics): readonly HttpRoute[] => [
  route(routes.getMetrics, async ({ caller }) => ({
    status: 200,
    body: await metrics.text(caller),
    headers: { 'content-type': routes.getMetrics.reply.contentType },
  })),
];

/** Returns the route of the status. The uptime counts from this call. */
export function statusRoutes(runtime: Runtime, settings: SettingsReader = () => []): readonly HttpRoute[] {
  const { instance, services, overview } = runtime;
  const started = performance.now();
  return [
    jsonRoute(routes.getStatus, async ({ caller, host }) => {
      const problems = await overview.problems(caller);
      const views = services.list(caller);
      const uptimeSeconds = Math.floor((performance.now() - started) / 1000);
      return {
        runtime: { version: instance.version, pid: process.pid, uptimeSeconds, instanceId: instance.id },
        gateway: { listen: host, mcpPath: '/mcp', healthy: true },
        systemTools: { count: runtime.systemTools.length, items: runtime.systemTools },
        storage: runtime.storage(),
        refusals: runtime.limits.counts(),
        summary: countsOf(views),
        services: views.map((view) => summaryView(view, problems.get(view.service.serviceId), caller)),
        lastUpdated: new Date().toISOString(),
      };
    }),
    jsonRoute(routes.getConfig, ({ caller }) => {
      const request = { verb: 'inspect', target: 'everything' } as const;
      if (!decide(caller, request).isAllowed) throw grantRequired(request);
      return { items: settings().map((setting) => ({ ...setting, value: shownValue(setting.value) })) };
    }),
  ];
}

/** Values of a URL can be credentials. */
const shownValue = (value: string): string => (/^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? shownSource(value) : value);

function countsOf(views: readonly ServiceView[]): ReplyBody<typeof routes.getStatus>['summary'] {
  const count = (is: (view: ServiceView) => boolean): number => views.filter(is).length;
  return {
    total: views.length,
    running: count(({ status }) => status.lifecycle === 'RUNNING'),
    degraded: count(({ status }) => status.health === 'DEGRADED'),
    stopped: count(({ status }) => status.lifecycle === 'STOPPED' || status.lifecycle === 'REGISTERED'),
    quarantined: count(({ status }) => status.lifecycle === 'QUARANTINED'),
    local: count(({ service }) => !isRemote(service.manifest)),
    remote: count(({ service }) => isRemote(service.manifest)),
  };
}
