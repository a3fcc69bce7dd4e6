import { z } from 'zod';
import { anyObject, named, time, whole, type Immutable } from './schemas.ts';

const lifecycle = z.enum(['REGISTERED', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'CRASHED', 'QUARANTINED']);
const health = z.enum(['UNKNOWN', 'HEALTHY', 'DEGRADED', 'TIMEOUT', 'UNAUTHORIZED', 'UNREACHABLE']);
const restart = z.object({ mode: z.enum(['never', 'on-failure', 'always']), maxRestarts: whole, windowSeconds: whole });

/** The circuit breaker of a service; absent while it is closed. */
const circuit = z.object({
  state: z.enum(['open', 'half_open', 'held']),
  openings: whole,
  calls: whole,
  failures: whole,
  windowMs: whole,
  errorRate: z.number(),
  retryAt: time,
  lastError: z.string(),
});

/** The state of a service, for replies about something else. */
export const serviceState = { lifecycle, health };

export const serviceSummary = named(
  'ServiceSummary',
  z.object({
    serviceId: z.string(),
    namespace: z.string(),
    displayName: z.string().optional(),
    sourceFile: z.string(),
    module: z.string(),
    originType: z.string(),
    lifecycle,
    health,
    uptimeSeconds: whole,
    restartCount: whole,
    lastError: z.string().optional(),
    retryAt: time.optional(),
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
      .object({ interfaceRevision: z.string(), introspectedAt: time, tools: whole, resources: whole, prompts: whole })
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
const snapshot = named(
  'InterfaceSnapshot',
  z.object({ interfaceRevision: z.string(), introspectedAt: time, ...offers }),
);
/** Revision and time are null until the first introspection. */
const anyInterface = { interfaceRevision: z.string().nullable(), introspectedAt: time.nullable(), ...offers };
export const knownInterface = named('KnownInterface', z.object(anyInterface));

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

export const serviceRecord = named(
  'ServiceRecord',
  z.object({
    serviceId: z.string(),
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
      lastHeartbeatAt: time.optional(),
      retryAt: time.optional(),
      quarantine: z.object({ reason: z.string(), at: time }).optional(),
      circuit: circuit.optional(),
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

export const services = named('ServiceList', z.object({ items: z.array(serviceSummary), next: z.string().optional() }));
export const service = named('Service', z.object({ service: serviceRecord }));
export const serviceInterface = named('ServiceInterface', z.object({ serviceId: z.string(), ...anyInterface }));
export const introspected = named('Introspected', z.object({ interface: snapshot }));
export const removedService = named(
  'RemovedService',
  z.object({
    removed: z.literal(true),
    artifactRemoved: z.boolean(),
    serviceId: z.string(),
    removedFiles: z.array(z.string()).optional(),
    left: z.array(z.object({ path: z.string(), reason: z.string() })).optional(),
  }),
);

export type ServiceSummary = Immutable<z.output<typeof serviceSummary>>;
export type ServiceReply = Immutable<z.output<typeof serviceRecord>>;
export type InterfaceReply = Immutable<z.output<typeof knownInterface>>;
/** One tool, resource or prompt of a service. */
export type OfferedDefinition = Immutable<z.output<typeof definition>>;

export const applyServiceBody = z.strictObject({ manifest: z.unknown() });
export const unquarantineBody = z.strictObject({ reason: z.string().trim().min(1).max(500).optional() });
export const removeServiceBody = z.strictObject({ cleanup_artifacts: z.boolean().optional() });
