import { route, type Route } from '../http/route.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { type Runtime, type ServiceView } from '@clarity-runtime/core';
import { isRemote } from '@clarity-runtime/core/internal';
import { json } from '../http/response.ts';
import { status } from './replies/status-replies.ts';
import { summaryView } from './views.ts';

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** Figures for Prometheus. */
export const metricsRoutes = (metrics: Metrics): readonly Route[] => [
  route({
    method: 'GET',
    path: '/metrics',
    title: 'Figures of the runtime in the text format of Prometheus.',
    reply: { contentType: TEXT, says: 'One line per figure: docs/reference/metrics.md' },
    run: async ({ caller }) => ({
      status: 200,
      body: await metrics.text(caller),
      headers: { 'content-type': TEXT },
    }),
  }),
];

export function statusRoutes(runtime: Runtime): readonly Route[] {
  const { instance, services } = runtime;
  const started = performance.now();
  return [
    route({
      method: 'GET',
      path: '/api/status',
      title: 'The runtime, its store and all services.',
      reply: status,
      run: ({ caller, host }) => {
        const views = services.list(caller);
        const uptimeSeconds = Math.floor((performance.now() - started) / 1000);
        return json({
          runtime: { version: instance.version, pid: process.pid, uptimeSeconds, instanceId: instance.id },
          gateway: { listen: host, mcpPath: '/mcp', healthy: true },
          systemTools: { count: runtime.systemTools.length, items: runtime.systemTools },
          storage: runtime.storage(),
          refusals: runtime.limits.counts(),
          summary: countsOf(views),
          services: views.map(summaryView),
          lastUpdated: new Date().toISOString(),
        });
      },
    }),
  ];
}

function countsOf(views: readonly ServiceView[]): object {
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
