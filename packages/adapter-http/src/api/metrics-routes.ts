import { route, type Route } from '../http/route.ts';
import type { Metrics } from '../metrics/metrics.ts';

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
