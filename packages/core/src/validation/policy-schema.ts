import { knobNames, POLICY_KNOBS, type PolicyKnobName } from '../domain/services/policy-knobs.ts';
import { form, object, PATTERN, text, type JsonSchema } from '../domain/services/schema-parts.ts';

const schemasOf = (names: readonly PolicyKnobName[]): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(names.map((name) => [name, POLICY_KNOBS[name].schema]));

/** Limits of the calls of one tool. */
export const callPolicy = object([], schemasOf(knobNames(({ merge }) => merge === 'min')));

/** The inline policy of a manifest. An empty list of tools is invalid, because it could mean all or none. */
export const servicePolicy = object([], {
  ...schemasOf(knobNames(() => true)),
  tools: {
    type: 'object',
    maxProperties: 1024,
    propertyNames: text(256),
    additionalProperties: { $ref: '#/$defs/callPolicy' },
  },
});

/** The published schema of a named policy, JSON Schema 2020-12; `schemas/policy-v1.schema.json` is the same document. */
export const policySchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'urn:clarity-runtime:schema:policy-v1',
  title: 'Clarity Runtime policy, version 1',
  ...object(['apiVersion', 'kind', 'metadata', 'spec'], {
    apiVersion: { const: 'clarity.runtime/v1' },
    kind: { const: 'Policy' },
    metadata: object(['name'], { name: form(PATTERN.policyName), description: text(500) }),
    spec: { $ref: '#/$defs/servicePolicy' },
  }),
  $defs: { servicePolicy, callPolicy },
};
