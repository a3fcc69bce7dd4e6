import { z } from 'zod';
import type { ApiErrorCode } from './errors.ts';
import {
  circuit,
  compatibility,
  health,
  lifecycle,
  removeServiceBody,
  serviceProblem,
  starting,
  surfaceBody,
  warnings,
} from './service-parts.ts';
import { del, get, NO_SERVICE, post } from './route.ts';
import { anyObject, named, noBody, pageQuery, time, whole, type Immutable } from './schemas.ts';

const restart = z.object({ mode: z.enum(['never', 'on-failure', 'always']), maxRestarts: whole, windowSeconds: whole });

/** The remedy of `lastError`, if the failure has one of its own. */
const hint = z.string().optional();

/** The state of a service, for replies about something else. */
export const serviceState = { lifecycle, health };

export const serviceSummary = named('ServiceSummary', () =>
  z.object({
    serviceId: z.string(),
    namespace: z.string(),
    displayName: z.string().optional(),
    sourceFile: z.string(),
    what: z.string().optional().meta({ description: 'Command or address, as far as the caller may read it.' }),
    module: z.string(),
    originType: z.string(),
    enabled: z.literal(false).optional().meta({ description: 'False if the service is disabled; absent otherwise.' }),
    lifecycle,
    health,
    uptimeSeconds: whole,
    restartCount: whole,
    lastError: z.string().optional(),
    hint,
    problem: serviceProblem.optional(),
    retryAt: time.optional(),
    starting: starting.optional(),
    warnings,
    calls: z.object({ inFlight: whole, waiting: whole, refused: whole, circuit: circuit.optional() }),
    policy: z.object({
      restart,
      remote: z
        .object({
          timeoutMs: z.number().optional(),
          allowedTools: z.array(z.string()),
          maxPayloadBytes: z.number().optional(),
          maxConcurrency: z.number().optional(),
        })
        .nullable(),
    }),
    interface: z
      .object({
        interfaceRevision: z.string(),
        introspectedAt: time,
        tools: whole,
        resources: whole,
        prompts: whole,
        suspicious: z.literal(true).optional(),
        compatibility: compatibility.optional(),
      })
      .nullable(),
  }),
);

/** A definition of a service, printed as any object: MCP describes it. Clients of the contract read these members. */
const definition = anyObject.pipe(
  z.looseObject({
    name: z.string().optional(),
    uri: z.string().optional(),
    title: z.string().optional(),
    description: z.string().optional(),
  }),
);
const tool = anyObject.pipe(z.looseObject({ name: z.string(), description: z.string().optional() }));
const offers = { tools: z.array(tool), resources: z.array(definition), prompts: z.array(definition) };
const snapshot = named('InterfaceSnapshot', () =>
  z.object({ interfaceRevision: z.string(), introspectedAt: time, ...offers }),
);
/** Revision and time are null until the first introspection. */
const anyInterface = { interfaceRevision: z.string().nullable(), introspectedAt: time.nullable(), ...offers };
export const knownInterface = named('KnownInterface', () => z.object(anyInterface));

/** A manifest, printed as any object: its own JSON schema describes it. Clients of the contract read these members. */
const manifest = anyObject.pipe(
  z.looseObject({
    metadata: z.looseObject({ sourceFile: z.string(), module: z.string(), displayName: z.string().optional() }),
    spec: z.looseObject({
      origin: z.looseObject({ type: z.string(), wasmPath: z.string().optional() }),
      enabled: z.boolean(),
      autostart: z.boolean(),
    }),
  }),
);

export const serviceRecord = named('ServiceRecord', () =>
  z.object({
    serviceId: z.string(),
    /** SHA-256 of manifest and artifact, for `apply`. */
    digest: z.string(),
    namespace: z.string(),
    manifest: manifest.meta({ description: 'The manifest as it was applied: schemas/mcp-service-v1.schema.json' }),
    runtime: z.object({
      lifecycle,
      health,
      enabled: z.boolean(),
      autostart: z.boolean(),
      uptimeSeconds: whole,
      restartCount: whole,
      lastError: z.string().optional(),
      hint,
      problem: serviceProblem.optional(),
      lastHeartbeatAt: time.optional(),
      retryAt: time.optional(),
      starting: starting.optional(),
      quarantine: z.object({ reason: z.string(), at: time }).optional(),
      circuit: circuit.optional(),
      warnings,
    }),
    interfaceSnapshot: snapshot.optional(),
    artifact: z
      .object({
        wasmSha256: z.string(),
        interfaceSha256: z.string().optional(),
        compiler: z
          .object({ kind: z.enum(['embedded', 'external']), name: z.string(), version: z.string() })
          .optional(),
      })
      .optional(),
  }),
);

const unsupportedRecord = z.object({ file: z.string(), name: z.string(), reason: z.string(), fix: z.string() });

export const services = named('ServiceList', () =>
  z.object({
    items: z.array(serviceSummary),
    next: z.string().optional(),
    unsupported: z.array(unsupportedRecord).optional(),
  }),
);
export const service = named('Service', () => z.object({ service: serviceRecord }));
export const serviceInterface = named('ServiceInterface', () => z.object({ serviceId: z.string(), ...anyInterface }));
export const introspected = named('Introspected', () => z.object({ interface: snapshot }));
export const removedService = named('RemovedService', () =>
  z.object({
    removed: z.literal(true),
    artifactRemoved: z.boolean(),
    serviceId: z.string(),
    removedFiles: z.array(z.string()).optional(),
    left: z.array(z.object({ path: z.string(), reason: z.string() })).optional(),
  }),
);

/** A service in a list. */
export type ServiceSummary = Immutable<z.output<typeof serviceSummary>>;
/** A service in a reply. */
export type ServiceReply = Immutable<z.output<typeof serviceRecord>>;
/** The interface of a service in a reply. */
export type InterfaceReply = Immutable<z.output<typeof knownInterface>>;
/** One tool, resource or prompt of a service. */
export type OfferedDefinition = Immutable<z.output<typeof definition>>;

export const applyServiceBody = z.strictObject({
  manifest: z.unknown(),
  /** `digest` of the record that the change replaces; null when it must not exist. Another stored record is a conflict. */
  digest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable()
    .optional(),
  /** Id of the service whose name the manifest takes over with another target. */
  replaces: z.string().max(64).optional(),
});
export const unquarantineBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });

const START: readonly ApiErrorCode[] = ['SERVICE_NOT_FOUND', 'SERVICE_QUARANTINED', 'SERVICE_DISABLED'];

const ONE = { grant: 'inspect', errors: NO_SERVICE } as const;
const STARTING = { grant: 'operate', body: noBody, reply: service, errors: START } as const;
const STOPPING = { ...STARTING, errors: NO_SERVICE } as const;

/** Routes of services. */
export const servicesRoutes = {
  listServices: get('/api/services', 'Returns all services, ordered by namespace.', {
    grant: 'read',
    query: pageQuery,
    reply: services,
  }),
  applyService: post('/api/services/apply', 'Registers a service, or replaces its manifest.', {
    grant: 'provision',
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
      'SERVICE_NOT_FOUND',
      'POLICY_NOT_FOUND',
      'QUOTA_EXCEEDED',
    ],
  }),
  getService: get('/api/services/:id', 'Returns one service in full.', { ...ONE, reply: service }),
  removeService: del('/api/services/:id', 'Removes a service; `cleanup_artifacts` also deletes its built files.', {
    ...{ grant: 'operate', body: removeServiceBody, reply: removedService, errors: NO_SERVICE },
  }),
  getInterface: get(
    '/api/services/:id/interface',
    'Returns the interface of a service, with each definition as the service wrote it.',
    { ...ONE, reply: serviceInterface },
  ),
  startService: post(
    '/api/services/:id/start',
    'Starts a service. A failed start is also a 200: the record has its error.',
    STARTING,
  ),
  stopService: post('/api/services/:id/stop', 'Stops a service. A stopped service stays stopped.', STOPPING),
  restartService: post('/api/services/:id/restart', 'Stops a running service, then starts it.', STARTING),
  unquarantineService: post('/api/services/:id/unquarantine', 'Lifts the quarantine of a service without a start.', {
    ...{ grant: 'operate', body: unquarantineBody, reply: service, errors: NO_SERVICE },
  }),
  setToolVisibility: post(
    '/api/services/:id/surface',
    'Hides tools from the lists of clients, or shows them again, by changing the manifest.',
    {
      grant: 'provision',
      body: surfaceBody,
      reply: service,
      errors: ['SERVICE_NOT_FOUND', 'REVISION_CONFLICT', 'MANIFEST_INVALID'],
    },
  ),
  introspectService: post('/api/services/:id/introspect', 'Reads the interface of a running service again.', {
    grant: 'operate',
    body: noBody,
    reply: introspected,
    errors: ['SERVICE_NOT_FOUND', 'SERVICE_STOPPED', 'SERVICE_UNRESPONSIVE', 'UPSTREAM_UNREACHABLE'],
  }),
};
