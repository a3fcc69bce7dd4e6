import { auditRoutes } from './audit.ts';
import { clientsRoutes } from './clients.ts';
import { consoleRoutes } from './console.ts';
import { importsRoutes } from './imports.ts';
import { loginsRoutes } from './logins.ts';
import { policiesRoutes } from './policies.ts';
import { profilesRoutes } from './profiles.ts';
import { reviewsRoutes } from './reviews.ts';
import { get } from './route.ts';
import { anyObject, namedSchemas } from './schemas.ts';
import { secretsRoutes } from './secrets.ts';
import { servicesRoutes } from './services.ts';
import { statusRoutes } from './status.ts';
import { tenantsRoutes } from './tenants.ts';
import { tokensRoutes } from './tokens.ts';
import { toolsRoutes } from './tools.ts';
import { trustRoutes } from './trust.ts';

namedSchemas.add(anyObject, { id: 'OpenApiDocument' });

/** All routes of the HTTP API, in the order of the OpenAPI document. */
export const routes = {
  ...statusRoutes,
  ...auditRoutes,
  ...servicesRoutes,
  ...secretsRoutes,
  ...clientsRoutes,
  ...policiesRoutes,
  ...reviewsRoutes,
  ...trustRoutes,
  ...tokensRoutes,
  ...profilesRoutes,
  ...tenantsRoutes,
  ...loginsRoutes,
  ...consoleRoutes,
  ...toolsRoutes,
  ...importsRoutes,

  getMetrics: get('/metrics', 'Returns the metrics of the runtime in the text format of Prometheus.', {
    grant: 'read',
    reply: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      description: 'The metrics of docs/reference/metrics.md.',
    },
  }),
  getOpenApi: get('/api/openapi.json', 'Returns this document.', {
    grant: 'read',
    reply: anyObject,
  }),
};
