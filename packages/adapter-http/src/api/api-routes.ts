import { routes } from '@clarity-runtime/api-contract';
import type { Caller, Runtime } from '@clarity-runtime/core';
import { jsonRoute, type HttpRoute } from '../http/route.ts';
import { openApiDocument } from '../open-api/document.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { auditRoutes } from './audit-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { bootstrapRoutes } from './bootstrap-routes.ts';
import { consoleRoutes } from './console-routes.ts';
import { controlRoutes } from './control-routes.ts';
import type { BrowserLogins } from '../guard/browser-logins.ts';
import type { AuditEventStreams } from './event-stream.ts';
import { importRoutes, type ImportOperations } from './import-routes.ts';
import type { LiveHubDependencies } from './live-options.ts';
import { metricsRoutes, statusRoutes, type SettingsReader } from './status-routes.ts';
import { policyRoutes } from './policy-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import type { TenantOperations } from './tenant-operations.ts';
import { tenantRoutes } from './tenant-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { loginRoutes } from './login-routes.ts';
import { toolRoutes } from './tool-routes.ts';
import { trustRoutes } from './trust-routes.ts';
import { serviceRoutes } from './service-routes.ts';

export interface ApiDependencies {
  readonly runtime: Runtime;
  readonly streams: AuditEventStreams;
  readonly metrics: Metrics;
  readonly settings: SettingsReader | undefined;
  readonly live: Omit<LiveHubDependencies, 'runtime'>;
  readonly browsers: BrowserLogins;
  /** Returns the client of the MCP endpoint for which a tool is explained to an operator. */
  readonly asClient: (caller: Caller) => Caller;
  /** Imports servers of AI clients; the routes refuse when it is absent. */
  readonly imports?: ImportOperations | undefined;
  /** The other tenants of the daemon; the routes refuse when it is absent. */
  readonly tenants?: TenantOperations | undefined;
  /** The runtime is one of another tenant: it has no routes of tenants. */
  readonly isOfTenant?: boolean | undefined;
}

/** Returns all protected routes except the MCP endpoint. */
export const apiRoutes = ({
  runtime,
  streams,
  metrics,
  settings,
  live,
  asClient,
  browsers,
  imports,
  tenants,
  isOfTenant = false,
}: ApiDependencies): readonly HttpRoute[] => [
  ...statusRoutes(runtime, settings),
  ...auditRoutes(runtime, streams),
  ...serviceRoutes(runtime),
  ...authRoutes(runtime),
  ...bootstrapRoutes(runtime),
  ...policyRoutes(runtime),
  ...controlRoutes(runtime, asClient),
  ...trustRoutes(runtime),
  ...tokenRoutes(runtime),
  ...profileRoutes(runtime),
  ...(isOfTenant ? [] : tenantRoutes(runtime, tenants)),
  ...loginRoutes(runtime, browsers),
  ...consoleRoutes({ runtime, ...live }),
  ...toolRoutes(runtime),
  ...importRoutes(imports),
  ...metricsRoutes(metrics),
  openApiRoute(runtime.instance.version),
];

/** Returns the route of the OpenAPI document. The first request prints the document. */
function openApiRoute(version: string): HttpRoute {
  let printed: Readonly<Record<string, unknown>> | undefined;
  return jsonRoute(routes.getOpenApi, () => (printed ??= openApiDocument(Object.values(routes), version)));
}
