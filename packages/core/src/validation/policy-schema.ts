import { PATTERN } from './patterns.ts';

const integer = (minimum: number, maximum: number) => ({ type: 'integer', minimum, maximum });
const toolName = { type: 'string', minLength: 1, maxLength: 256, pattern: PATTERN.text };
const toolNames = { type: 'array', minItems: 1, maxItems: 1024, items: toolName };

const bounds = {
  timeoutMs: integer(10, 600_000),
  idleTimeoutMs: integer(10, 600_000),
  maxTimeoutMs: integer(10, 3_600_000),
  maxRequestBytes: integer(1024, 10_485_760),
  maxResponseBytes: integer(1024, 10_485_760),
  maxConcurrency: integer(1, 256),
  queue: integer(0, 1024),
  rate: {
    type: 'object',
    required: ['perMinute'],
    additionalProperties: false,
    properties: { perMinute: integer(1, 60_000), burst: integer(1, 10_000) },
  },
};

/** Bounds of the calls of one tool. */
export const callPolicy = { type: 'object', additionalProperties: false, properties: bounds };

/** The inline policy of a manifest; an empty list of tools is refused, for it could mean all as well as none. */
export const servicePolicy = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...bounds,
    allowTools: toolNames,
    denyTools: toolNames,
    tools: {
      type: 'object',
      maxProperties: 1024,
      propertyNames: toolName,
      additionalProperties: { $ref: '#/$defs/callPolicy' },
    },
  },
};

const strict = { type: 'object', additionalProperties: false } as const;

/** The published contract of a named policy, JSON Schema 2020-12; `schemas/policy-v1.schema.json` is the same document. */
export const policySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:clarity-runtime:schema:policy-v1',
  title: 'Clarity Runtime policy, version 1',
  ...strict,
  required: ['apiVersion', 'kind', 'metadata', 'spec'],
  properties: {
    apiVersion: { const: 'clarity.runtime/v1' },
    kind: { const: 'Policy' },
    metadata: {
      ...strict,
      required: ['name'],
      properties: {
        name: { type: 'string', pattern: PATTERN.policyName },
        description: { type: 'string', minLength: 1, maxLength: 500, pattern: PATTERN.text },
      },
    },
    spec: { $ref: '#/$defs/servicePolicy' },
  },
  $defs: { servicePolicy, callPolicy },
};
