import * as audit from './audit.ts';
import * as clients from './clients.ts';
import type { ApiErrorCode } from './errors.ts';
import * as policies from './policies.ts';
import * as reviews from './reviews.ts';
import { del, get, post } from './route.ts';
import { anyObject, named, noBody, noQuery, pageQuery } from './schemas.ts';
import * as secrets from './secrets.ts';
import * as services from './services.ts';
import { status } from './status.ts';

const SERVICE: readonly ApiErrorCode[] = ['SERVICE_NOT_FOUND'];
const APPROVAL: readonly ApiErrorCode[] = ['APPROVAL_NOT_FOUND'];
const START: readonly ApiErrorCode[] = ['SERVICE_NOT_FOUND', 'SERVICE_QUARANTINED', 'SERVICE_DISABLED'];

/** All routes of the HTTP API, in the order of the OpenAPI document. */
export const routes = {
  getStatus: get('/api/status', 'Returns the state of the runtime, of its store and of all services.', {
    reply: status,
  }),

  getAudit: get('/api/audit', 'Returns audit events: the newest, or those after a cursor.', {
    query: audit.auditQuery,
    reply: audit.auditPage,
  }),
  verifyAudit: get('/api/audit/verify', 'Verifies the hash chain of the audit log.', {
    query: audit.auditVerifyQuery,
    reply: audit.auditVerdict,
  }),
  watchEvents: get(
    '/api/events',
    'Streams audit events as server-sent events; `Last-Event-ID` resumes after that event.',
    {
      query: noQuery,
      reply: { contentType: 'text/event-stream', description: 'Events whose `data` is an AuditEvent.' },
      errors: ['TOO_MANY_STREAMS', 'SHUTTING_DOWN'],
    },
  ),
  getServiceLogs: get('/api/services/:id/logs', 'Returns the newest log lines of a service.', {
    query: audit.logsQuery,
    reply: audit.serviceLogs,
    errors: SERVICE,
  }),
  getServiceEvents: get('/api/services/:id/events', 'Returns the audit events of one service.', {
    query: audit.serviceEventsQuery,
    reply: audit.serviceEvents,
    errors: SERVICE,
  }),
  getServiceDetails: get(
    '/api/services/:id/details',
    'Returns a service with its interface, log lines, audit events and recent calls.',
    {
      query: audit.detailsQuery,
      reply: audit.serviceDetails,
      errors: SERVICE,
    },
  ),

  listServices: get('/api/services', 'Returns all services, ordered by namespace.', {
    query: pageQuery,
    reply: services.services,
  }),
  applyService: post('/api/services/apply', 'Registers a service, or replaces its manifest.', {
    body: services.applyServiceBody,
    reply: services.service,
    errors: [
      'MANIFEST_INVALID',
      'ORIGIN_UNSUPPORTED',
      'ARTIFACT_UNREADABLE',
      'ARTIFACT_DIGEST_MISMATCH',
      'MODULE_INVALID',
      'INTERFACE_MISMATCH',
      'NAMESPACE_TAKEN',
      'NAMESPACE_RESERVED',
      'REVISION_CONFLICT',
      'POLICY_NOT_FOUND',
    ],
  }),
  getService: get('/api/services/:id', 'Returns one service in full.', { reply: services.service, errors: SERVICE }),
  removeService: del(
    '/api/services/:id',
    'Stops and removes a service; `cleanup_artifacts` also deletes its built files.',
    { body: services.removeServiceBody, reply: services.removedService, errors: SERVICE },
  ),
  getInterface: get(
    '/api/services/:id/interface',
    'Returns the interface of a service, with each definition as the service wrote it.',
    {
      reply: services.serviceInterface,
      errors: SERVICE,
    },
  ),
  startService: post(
    '/api/services/:id/start',
    'Starts a service. A failed start is also a 200: the record has its error.',
    { body: noBody, reply: services.service, errors: START },
  ),
  stopService: post('/api/services/:id/stop', 'Stops a service. A stopped service stays stopped.', {
    body: noBody,
    reply: services.service,
    errors: SERVICE,
  }),
  restartService: post('/api/services/:id/restart', 'Stops a running service, then starts it.', {
    body: noBody,
    reply: services.service,
    errors: START,
  }),
  unquarantineService: post('/api/services/:id/unquarantine', 'Lifts the quarantine of a service without a start.', {
    body: services.unquarantineBody,
    reply: services.service,
    errors: SERVICE,
  }),
  introspectService: post('/api/services/:id/introspect', 'Reads the interface of a running service again.', {
    body: noBody,
    reply: services.introspected,
    errors: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'SERVICE_UNRESPONSIVE', 'UPSTREAM_UNREACHABLE'],
  }),

  getAuthProviders: get('/api/security/auth/providers', 'Returns the providers of credentials.', {
    reply: secrets.authProviders,
  }),
  validateAuthQuery: get(
    '/api/security/auth/validate',
    'Checks a reference to a credential. An invalid reference is also a 200.',
    {
      query: secrets.authRefQuery,
      reply: secrets.authValidation,
    },
  ),
  validateAuth: post('/api/security/auth/validate', 'Checks a reference to a credential that is in the body.', {
    body: secrets.authRefBody,
    reply: secrets.authValidation,
  }),
  listSecrets: get('/api/security/auth/secrets', 'Returns the names of the secrets that are stored in files.', {
    reply: secrets.storedSecrets,
    errors: ['SECRETS_UNSAFE'],
  }),
  setSecret: post('/api/security/auth/secrets', 'Stores a secret. No reply contains its value.', {
    body: secrets.secretBody,
    reply: secrets.writtenSecret,
    errors: ['SECRET_INVALID', 'SECRET_NAME_TAKEN', 'SECRETS_UNSAFE'],
  }),
  deleteSecret: del('/api/security/auth/secrets', 'Deletes a secret.', {
    body: secrets.authRefBody,
    reply: secrets.deletedSecret,
    errors: ['SECRETS_UNSAFE'],
  }),

  getClients: get(
    '/api/bootstrap/status',
    'Returns the AI clients of the user of the daemon, and whether this gateway is configured in them.',
    { reply: clients.clientStates },
  ),
  connectClients: post(
    '/api/bootstrap',
    'Adds this gateway to the configuration of AI clients. If one fails, the reply is an error with all results.',
    { body: clients.connectClientsBody, reply: clients.clientResults, errors: ['CLIENT_CONFIG_REFUSED'] },
  ),
  removeClients: del('/api/bootstrap', 'Removes this gateway from the configuration of AI clients.', {
    body: clients.removeClientsBody,
    reply: clients.clientResults,
    errors: ['CLIENT_CONFIG_REFUSED'],
  }),

  listPolicies: get('/api/policies', 'Returns all policies, ordered by name.', {
    query: pageQuery,
    reply: policies.policies,
  }),
  applyPolicy: post('/api/policies/apply', 'Creates a policy, or replaces the policy of the same name.', {
    body: policies.applyPolicyBody,
    reply: policies.policy,
    errors: ['POLICY_INVALID', 'REVISION_CONFLICT'],
  }),
  getPolicy: get('/api/policies/:id', 'Returns one policy by name.', {
    reply: policies.policy,
    errors: ['POLICY_NOT_FOUND'],
  }),
  removePolicy: del('/api/policies/:id', 'Deletes a policy that no service uses.', {
    body: noBody,
    reply: policies.removedPolicy,
    errors: ['POLICY_NOT_FOUND', 'POLICY_IN_USE', 'REVISION_CONFLICT'],
  }),
  getServicePolicy: get('/api/services/:id/policy', 'Returns the effective policy of a service and its sources.', {
    reply: policies.policyReport,
    errors: SERVICE,
  }),
  testPolicy: post('/api/policy/test', 'Evaluates the policy for a call without the call.', {
    body: policies.testPolicyBody,
    reply: policies.policyTest,
    errors: SERVICE,
  }),

  getReview: get(
    '/api/services/:id/interface/diff',
    'Compares the interface of a service with the accepted interface, or with the previous one.',
    { reply: reviews.review, errors: SERVICE },
  ),
  acceptInterface: post(
    '/api/services/:id/interface/accept',
    'Accepts the current interface of a service: all of it, or the named tools.',
    {
      body: reviews.acceptBody,
      reply: reviews.review,
      errors: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'TOOL_NOT_FOUND'],
    },
  ),
  listApprovals: get('/api/approvals', 'Returns the requests of clients that an operator decides on, at most 32.', {
    reply: reviews.approvals,
  }),
  approve: post('/api/approvals/:id/approve', 'Approves a request and executes it. The reply has the outcome.', {
    body: noBody,
    reply: reviews.approval,
    errors: APPROVAL,
  }),
  deny: post('/api/approvals/:id/deny', 'Denies a request.', {
    body: reviews.denyBody,
    reply: reviews.approval,
    errors: APPROVAL,
  }),
  explainTool: get('/api/explain', 'Explains why a client of the MCP endpoint sees a tool, or does not see it.', {
    query: reviews.explainQuery,
    reply: reviews.explanation,
  }),

  getMetrics: get('/metrics', 'Returns the metrics of the runtime in the text format of Prometheus.', {
    reply: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      description: 'The metrics of docs/reference/metrics.md.',
    },
  }),
  getOpenApi: get('/api/openapi.json', 'Returns this document.', { reply: named('OpenApiDocument', anyObject) }),
};
