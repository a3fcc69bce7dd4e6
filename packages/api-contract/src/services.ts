import { z } from 'zod';
import { anyObject, named, time, whole } from './named.ts';

const lifecycle = z.enum(['REGISTERED', 'STARTING', 'RUNNING', 'STOPPING', 'STOPPED', 'CRASHED', 'QUARANTINED']);
const health = z.enum(['UNKNOWN', 'HEALTHY', 'DEGRADED', 'TIMEOUT', 'UNAUTHORIZED', 'UNREACHABLE']);
const restart = z.object({ mode: z.enum(['never', 'on-failure', 'always']), maxRestarts: whole, windowSeconds: whole });

/** Of a service that fails the calls that it gets; absent while they are let through. */
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

/** Where a service stands, for other answers that name one. */
export const standing = { lifecycle, health };

export const summary = named(
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

const offers = { tools: z.array(anyObject), resources: z.array(anyObject), prompts: z.array(anyObject) };
const snapshot = named(
  'InterfaceSnapshot',
  z.object({ interfaceRevision: z.string(), introspectedAt: time, ...offers }),
);
/** Revision and time are null for a service that was never asked. */
const anyInterface = { interfaceRevision: z.string().nullable(), introspectedAt: time.nullable(), ...offers };
export const knownInterface = named('KnownInterface', z.object(anyInterface));

export const record = named(
  'ServiceRecord',
  z.object({
    serviceId: z.string(),
    namespace: z.string(),
    manifest: anyObject.meta({ description: 'As it was given: schemas/mcp-service-v1.schema.json' }),
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

export const services = named('ServiceList', z.object({ items: z.array(summary), next: z.string().optional() }));
export const service = named('Service', z.object({ service: record }));
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
