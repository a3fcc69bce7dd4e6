import { PATTERN } from './manifest-patterns.ts';

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
