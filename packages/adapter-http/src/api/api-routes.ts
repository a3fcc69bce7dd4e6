import type { Caller, Runtime } from '@clarity-runtime/core';
import type { Route } from '../http/route.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { auditRoutes } from './audit-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { bootstrapRoutes } from './bootstrap-routes.ts';
import { controlRoutes } from './control-routes.ts';
import type { AuditEventStreams } from './event-stream.ts';
import { metricsRoutes, statusRoutes } from './status-routes.ts';
import { openApiRoutes } from './open-api-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { serviceRoutes } from './service-routes.ts';

export interface ApiDependencies {
  readonly runtime: Runtime;
  readonly streams: AuditEventStreams;
  readonly metrics: Metrics;
  /** The client of the MCP endpoint that an operator asks about. */
  readonly asClient: (caller: Caller) => Caller;
}

/** Every protected route but the MCP endpoint; the last ones describe all of them. */
export function apiRoutes({ runtime, streams, metrics, asClient }: ApiDependencies): readonly Route[] {
  const routes = [
    ...statusRoutes(runtime),
    ...auditRoutes(runtime, streams),
    ...serviceRoutes(runtime),
    ...authRoutes(runtime),
    ...bootstrapRoutes(runtime),
    ...policyRoutes(runtime),
    ...controlRoutes(runtime, asClient),
    ...metricsRoutes(metrics),
  ];
  return [...routes, ...openApiRoutes(routes, runtime.instance.version)];
}
