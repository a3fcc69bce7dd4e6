import { PATTERN } from './manifest-patterns.ts';
import { callPolicy, servicePolicy } from './policy-schema.ts';

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
