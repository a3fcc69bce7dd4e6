import { PATTERN } from './patterns.ts';
import { callPolicy, servicePolicy } from './policy-schema.ts';

/** What clients see of one tool; the name is one that every client takes. */
export const toolSurface = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: { type: 'string', pattern: PATTERN.toolName },
    description: { type: 'string', minLength: 1, maxLength: 4096, pattern: PATTERN.argument },
    hidden: { type: 'boolean' },
  },
};

/** What clients see of a service's tools. */
export const serviceSurface = {
  type: 'object',
  additionalProperties: false,
  properties: {
    prefix: { type: 'string', minLength: 1, maxLength: 64, pattern: PATTERN.text },
    tools: {
      type: 'object',
      maxProperties: 1024,
      propertyNames: { type: 'string', minLength: 1, maxLength: 256, pattern: PATTERN.text },
      additionalProperties: { $ref: '#/$defs/toolSurface' },
    },
  },
};

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength, pattern: PATTERN.text });
const form = (pattern: string) => ({ type: 'string', pattern });
const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const list = (maxItems: number, items: object) => ({ type: 'array', maxItems, items });
const object = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  required,
  additionalProperties: false,
  properties,
});

const path = text(4096);
const environmentEntry = {
  ...object(['name'], {
    name: { ...form(PATTERN.variable), maxLength: 128 },
    value: { ...form(PATTERN.argument), maxLength: 32_768 },
    secretRef: text(512),
  }),
  not: { required: ['value', 'secretRef'] },
};

const localWasm = object(['type', 'wasmPath', 'entry'], {
  type: { const: 'local_wasm' },
  wasmPath: path,
  entry: text(128),
  args: list(256, { ...form(PATTERN.argument), maxLength: 4096 }),
  env: list(256, environmentEntry),
  timeoutMs: integer(10, 600_000),
  maxMemoryBytes: integer(65_536, 1_073_741_824),
});

const remoteMcp = object(['type', 'endpoint', 'transport'], {
  type: { const: 'remote_mcp' },
  endpoint: { ...form(PATTERN.endpoint), maxLength: 2048 },
  transport: { enum: ['streamable_http', 'sse_http'] },
  authRef: text(512),
  timeoutMs: integer(100, 120_000),
  allowedTools: list(1024, text(256)),
  maxPayloadBytes: integer(1024, 10_485_760),
  maxConcurrency: integer(1, 256),
});

const localProcess = object(['type', 'command'], {
  type: { const: 'local_process' },
  command: { ...form(PATTERN.argument), minLength: 1, maxLength: 4096 },
  args: list(256, { ...form(PATTERN.argument), maxLength: 4096 }),
  env: list(256, environmentEntry),
  cwd: path,
});

const when = (type: string, definition: string) => ({
  if: { required: ['type'], properties: { type: { const: type } } },
  then: { $ref: `#/$defs/${definition}` },
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
});

const restartPolicy = object(['mode', 'maxRestarts', 'windowSeconds'], {
  mode: { enum: ['never', 'on-failure', 'always'] },
  maxRestarts: integer(0, 100),
  windowSeconds: integer(1, 3600),
});

const origin = {
  type: 'object',
  required: ['type'],
  properties: { type: { enum: ['local_wasm', 'remote_mcp', 'local_process'] } },
  allOf: [when('local_wasm', 'localWasm'), when('remote_mcp', 'remoteMcp'), when('local_process', 'localProcess')],
};

/** The published contract of a manifest, JSON Schema 2020-12; `schemas/mcp-service-v1.schema.json` is the same document. */
export const manifestSchema = {
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
      policy: { $ref: '#/$defs/servicePolicy' },
      surface: { $ref: '#/$defs/serviceSurface' },
    }),
  }),
  $defs: { localWasm, remoteMcp, localProcess, servicePolicy, callPolicy, serviceSurface, toolSurface },
};
