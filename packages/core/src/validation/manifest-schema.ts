import { BUILT_IN_KINDS, type OriginKinds } from '../domain/services/origin-kinds.ts';
import { form, GUEST_METHODS, integer, object, PATTERN, text } from '../domain/services/schema-parts.ts';
import { callPolicy, servicePolicy } from './policy-schema.ts';

/** Name, description and visibility of one tool for clients; every client accepts such a name. */
export const toolSurface = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: PATTERN.toolName },
    description: { type: 'string', minLength: 1, maxLength: 4096, pattern: PATTERN.argument },
    hidden: { type: 'boolean' },
  },
};

/** Prefix and tools of a service for clients. */
export const serviceSurface = {
  type: 'object',
  additionalProperties: false,
  properties: {
    prefix: { type: 'string', minLength: 1, maxLength: 64, pattern: PATTERN.text },
    instructions: { type: 'string', minLength: 1, maxLength: 8192 },
    definitions: { enum: ['pass', 'repair'] },
    tools: {
      type: 'object',
      maxProperties: 1024,
      propertyNames: { type: 'string', minLength: 1, maxLength: 256, pattern: PATTERN.text },
      additionalProperties: { $ref: '#/$defs/toolSurface' },
    },
  },
};

const path = text(4096);

/** Name of the definition of a type: `local_wasm` is `localWasm`. */
const definitionOf = (type: string): string => type.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const when = (type: string) => ({
  if: { required: ['type'], properties: { type: { const: type } } },
  then: { $ref: `#/$defs/${definitionOf(type)}` },
});

const metadata = object(['sourceFile', 'module'], {
  sourceFile: path,
  module: text(128),
  serviceId: form(PATTERN.serviceId),
  displayName: text(80),
  workspaceRoot: path,
  version: text(64),
  artifactSha256: form(PATTERN.sha256),
  createdAt: form(PATTERN.time),
  updatedAt: form(PATTERN.time),
  serviceType: { enum: ['mcp', 'agent'] },
  labels: {
    type: 'object',
    maxProperties: 32,
    propertyNames: { type: 'string', pattern: '^[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,62})$' },
    additionalProperties: { type: 'string', maxLength: 128, pattern: PATTERN.argument },
  },
});

const restartPolicy = object(['mode', 'maxRestarts', 'windowSeconds'], {
  mode: { enum: ['never', 'on-failure', 'always'] },
  maxRestarts: integer(0, 100),
  windowSeconds: integer(1, 3600),
});

const resourceLimits = object([], {
  memoryBytes: integer(16_777_216, 1_099_511_627_776),
  processes: integer(1, 65_536),
  cpuSeconds: integer(1, 31_536_000),
  openFiles: integer(16, 1_048_576),
});

const absolute = { ...form(PATTERN.absolutePath), maxLength: 4096 };
const capabilities = object([], {
  files: {
    type: 'array',
    maxItems: 32,
    items: object(['path', 'access'], { path: absolute, guest: absolute, access: { enum: ['ro', 'rw'] } }),
  },
  env: { type: 'array', maxItems: 128, items: { ...form(PATTERN.variable), maxLength: 128 } },
  time: { type: 'boolean' },
  random: { type: 'boolean' },
  network: object(['hosts'], {
    hosts: { type: 'array', minItems: 1, maxItems: 64, items: { ...form(PATTERN.guestHost), maxLength: 261 } },
    methods: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: { enum: [...GUEST_METHODS] },
    },
    maxBytes: integer(1, 16_777_216),
    timeoutMs: integer(1, 600_000),
  }),
});

/** Returns the schema of a manifest whose origin has one of the types. */
export function manifestSchemaOf(kinds: OriginKinds) {
  const types = [...kinds.keys()];
  const origin = {
    type: 'object',
    required: ['type'],
    properties: { type: { enum: types } },
    allOf: types.map(when),
  };
  const origins = Object.fromEntries([...kinds].map(([type, { schema }]) => [definitionOf(type), schema]));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:clarity-runtime:schema:mcp-service-v1',
    title: 'Clarity Runtime service manifest, version 1',
    ...object(['apiVersion', 'kind', 'metadata', 'spec'], {
      apiVersion: { const: 'clarity.runtime/v1' },
      kind: { const: 'MCPService' },
      metadata,
      spec: object(['origin', 'enabled', 'autostart', 'restartPolicy', 'policyRef'], {
        origin,
        enabled: { type: 'boolean' },
        autostart: { type: 'boolean' },
        restartPolicy,
        policyRef: text(128),
        toolNamespace: text(64),
        pinInterface: { type: 'boolean' },
        isolation: { enum: ['shared', 'per-client'] },
        start: object([], { idleMs: integer(1_000, 600_000), maxMs: integer(1_000, 600_000) }),
        limits: resourceLimits,
        sandbox: { enum: ['none', 'auto', 'required'] },
        capabilities,
        policy: { $ref: '#/$defs/servicePolicy' },
        surface: { $ref: '#/$defs/serviceSurface' },
      }),
    }),
    $defs: { ...origins, servicePolicy, callPolicy, serviceSurface, toolSurface },
  };
}

/** The published schema of a manifest, JSON Schema 2020-12; `schemas/mcp-service-v1.schema.json` is the same document. */
export const manifestSchema = manifestSchemaOf(BUILT_IN_KINDS);
