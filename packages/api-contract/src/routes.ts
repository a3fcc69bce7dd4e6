import {
  auditPage,
  auditQuery,
  auditVerdict,
  auditVerifyQuery,
  detailsQuery,
  logsQuery,
  serviceDetails,
  serviceEvents,
  serviceEventsQuery,
  serviceLogs,
} from './audit.ts';
import { clientResults, clientStates, connectClientsBody, removeClientsBody } from './clients.ts';
import type { ApiErrorCode } from './errors.ts';
import {
  applyPolicyBody,
  policies,
  policy,
  policyReport,
  policyTest,
  removedPolicy,
  testPolicyBody,
} from './policies.ts';
import { acceptBody, approval, approvals, denyBody, explainQuery, explanation, review } from './reviews.ts';
import { del, get, post } from './route.ts';
import { anyObject, named, noBody, noQuery, pageQuery } from './schemas.ts';
import {
  authProviders,
  authRefBody,
  authRefQuery,
  authValidation,
  deletedSecret,
  secretBody,
  storedSecrets,
  writtenSecret,
} from './secrets.ts';
import {
  applyServiceBody,
  introspected,
  removedService,
  removeServiceBody,
  service,
  serviceInterface,
  services,
  unquarantineBody,
} from './services.ts';
import { status } from './status.ts';

const SERVICE: readonly ApiErrorCode[] = ['SERVICE_NOT_FOUND'];
const APPROVAL: readonly ApiErrorCode[] = ['APPROVAL_NOT_FOUND'];
const START: readonly ApiErrorCode[] = ['SERVICE_NOT_FOUND', 'SERVICE_QUARANTINED', 'SERVICE_DISABLED'];

/** All routes of the HTTP API, in the order of the OpenAPI document. */
export const routes = {
  getStatus: get('/api/status', 'The runtime, its store and all services.', { reply: status }),

  getAudit: get('/api/audit', 'What happened: the newest entries, or those after a cursor.', {
    query: auditQuery,
    reply: auditPage,
  }),
  verifyAudit: get('/api/audit/verify', 'Whether the audit that is kept is what was written.', {
    query: auditVerifyQuery,
    reply: auditVerdict,
  }),
  watchEvents: get('/api/events', 'What happens, as server-sent events; `Last-Event-ID` begins after that one.', {
    query: noQuery,
    reply: { contentType: 'text/event-stream', description: 'Frames whose `data` is an AuditEvent.' },
    errors: ['TOO_MANY_STREAMS', 'SHUTTING_DOWN'],
  }),
  getServiceLogs: get(
    '/api/services/:id/logs',
    'The newest log lines of a service; one answer can hold all that are kept.',
    {
      query: logsQuery,
      reply: serviceLogs,
      errors: SERVICE,
    },
  ),
  getServiceEvents: get('/api/services/:id/events', 'What happened to one service.', {
    query: serviceEventsQuery,
    reply: serviceEvents,
    errors: SERVICE,
  }),
  getServiceDetails: get('/api/services/:id/details', 'A service with everything that happened to it of late.', {
    query: detailsQuery,
    reply: serviceDetails,
    errors: SERVICE,
  }),

  listServices: get('/api/services', 'All services, ordered by namespace.', { query: pageQuery, reply: services }),
  applyService: post(
    '/api/services/apply',
    'Registers a service, or puts the manifest in place of the one that it had.',
    {
      body: applyServiceBody,
      reply: service,
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
    },
  ),
  getService: get('/api/services/:id', 'One service in full.', { reply: service, errors: SERVICE }),
  removeService: del(
    '/api/services/:id',
    'Stops a service and forgets it; `cleanup_artifacts` deletes what was built for it.',
    { body: removeServiceBody, reply: removedService, errors: SERVICE },
  ),
  getInterface: get('/api/services/:id/interface', 'What a service offers, each definition as the service wrote it.', {
    reply: serviceInterface,
    errors: SERVICE,
  }),
  startService: post(
    '/api/services/:id/start',
    'Starts a service. A start that failed is a 200 too: the record says what happened.',
    { body: noBody, reply: service, errors: START },
  ),
  stopService: post('/api/services/:id/stop', 'Stops a service; one that is stopped stays so.', {
    body: noBody,
    reply: service,
    errors: SERVICE,
  }),
  restartService: post('/api/services/:id/restart', 'Stops a service, if it runs, and starts it.', {
    body: noBody,
    reply: service,
    errors: START,
  }),
  unquarantineService: post('/api/services/:id/unquarantine', 'Lifts a quarantine. Nothing is started.', {
    body: unquarantineBody,
    reply: service,
    errors: SERVICE,
  }),
  introspectService: post('/api/services/:id/introspect', 'Asks a running service again what it offers.', {
    body: noBody,
    reply: introspected,
    errors: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'SERVICE_UNRESPONSIVE', 'UPSTREAM_UNREACHABLE'],
  }),

  getAuthProviders: get('/api/security/auth/providers', 'Where references to credentials can lead.', {
    reply: authProviders,
  }),
  validateAuthQuery: get('/api/security/auth/validate', 'Whether a reference resolves; a 200 too when it does not.', {
    query: authRefQuery,
    reply: authValidation,
  }),
  validateAuth: post('/api/security/auth/validate', 'The same, with the reference in the body.', {
    body: authRefBody,
    reply: authValidation,
  }),
  listSecrets: get('/api/security/auth/secrets', 'Names of the secrets that are kept on files.', {
    reply: storedSecrets,
    errors: ['SECRETS_UNSAFE'],
  }),
  setSecret: post('/api/security/auth/secrets', 'Keeps a secret. It never comes out again.', {
    body: secretBody,
    reply: writtenSecret,
    errors: ['SECRET_INVALID', 'SECRET_NAME_TAKEN', 'SECRETS_UNSAFE'],
  }),
  deleteSecret: del('/api/security/auth/secrets', 'Deletes a secret.', {
    body: authRefBody,
    reply: deletedSecret,
    errors: ['SECRETS_UNSAFE'],
  }),

  getClients: get(
    '/api/bootstrap/status',
    'AI clients of the user that the daemon runs as, and whether they know this gateway.',
    { reply: clientStates },
  ),
  connectClients: post(
    '/api/bootstrap',
    'Points AI clients at this gateway. One that refuses makes the answer a refusal that lists all.',
    { body: connectClientsBody, reply: clientResults, errors: ['CLIENT_CONFIG_REFUSED'] },
  ),
  removeClients: del('/api/bootstrap', 'Takes this gateway out of AI clients.', {
    body: removeClientsBody,
    reply: clientResults,
    errors: ['CLIENT_CONFIG_REFUSED'],
  }),

  listPolicies: get('/api/policies', 'All policies, ordered by name.', { query: pageQuery, reply: policies }),
  applyPolicy: post('/api/policies/apply', 'Puts a policy in place of the one of its name.', {
    body: applyPolicyBody,
    reply: policy,
    errors: ['POLICY_INVALID', 'REVISION_CONFLICT'],
  }),
  getPolicy: get('/api/policies/:id', 'One policy, by name.', { reply: policy, errors: ['POLICY_NOT_FOUND'] }),
  removePolicy: del('/api/policies/:id', 'Deletes a policy that no service names.', {
    body: noBody,
    reply: removedPolicy,
    errors: ['POLICY_NOT_FOUND', 'POLICY_IN_USE', 'REVISION_CONFLICT'],
  }),
  getServicePolicy: get(
    '/api/services/:id/policy',
    'What holds for the calls of a service, and what that was made of.',
    { reply: policyReport, errors: SERVICE },
  ),
  testPolicy: post('/api/policy/test', 'What would happen to a call; nothing is called.', {
    body: testPolicyBody,
    reply: policyTest,
    errors: SERVICE,
  }),

  getReview: get(
    '/api/services/:id/interface/diff',
    'What changed at a service since its interface was accepted, or since it was asked before.',
    { reply: review, errors: SERVICE },
  ),
  acceptInterface: post(
    '/api/services/:id/interface/accept',
    'Accepts what a service offers now: everything, or the named tools.',
    { body: acceptBody, reply: review, errors: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'TOOL_NOT_FOUND'] },
  ),
  listApprovals: get('/api/approvals', 'What clients asked for and an operator decides on; never more than 32.', {
    reply: approvals,
  }),
  approve: post('/api/approvals/:id/approve', 'Does what was asked for. Whether it went well stands in the answer.', {
    body: noBody,
    reply: approval,
    errors: APPROVAL,
  }),
  deny: post('/api/approvals/:id/deny', 'Refuses what was asked for.', {
    body: denyBody,
    reply: approval,
    errors: APPROVAL,
  }),
  explainTool: get('/api/explain', 'Why a client of the MCP endpoint sees a tool as it does.', {
    query: explainQuery,
    reply: explanation,
  }),

  getMetrics: get('/metrics', 'Figures of the runtime in the text format of Prometheus.', {
    reply: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      description: 'One line per figure: docs/reference/metrics.md',
    },
  }),
  getOpenApi: get('/api/openapi.json', 'This document.', { reply: named('OpenApiDocument', anyObject) }),
};
