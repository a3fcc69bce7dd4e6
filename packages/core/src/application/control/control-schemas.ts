import type { JsonSchema } from '../../domain/services/schema-parts.ts';

type Members = Readonly<Record<string, JsonSchema>>;

/** Schema of a string argument of at least one character. */
export const text = (description: string, maxLength = 4096, more: JsonSchema = {}): JsonSchema => ({
  type: 'string',
  minLength: 1,
  maxLength,
  description,
  ...more,
});

export const whole = (description: string, minimum: number, maximum: number, usual?: number): JsonSchema => ({
  type: 'integer',
  minimum,
  maximum,
  description,
  ...(usual === undefined ? {} : { default: usual }),
});

export const flag = (description: string, usual?: boolean): JsonSchema => ({
  type: 'boolean',
  description,
  ...(usual === undefined ? {} : { default: usual }),
});

export const texts = (description: string, minItems: number, maxItems: number): JsonSchema => ({
  type: 'array',
  minItems,
  maxItems,
  items: { type: 'string', minLength: 1, maxLength: 1024 },
  description,
});

/** Schema of the arguments of a tool. Unknown members are rejected. */
export const input = (members: Members, required: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties: members,
  ...(required.length === 0 ? {} : { required }),
  additionalProperties: false,
});

/** Schema of the result of a tool: these members are required, others may be present. */
export const output = (members: Members): JsonSchema => ({
  type: 'object',
  properties: members,
  required: Object.keys(members),
});

export const STRING: JsonSchema = { type: 'string' };
export const NUMBER: JsonSchema = { type: 'integer' };
export const BOOLEAN: JsonSchema = { type: 'boolean' };
export const OBJECT: JsonSchema = { type: 'object' };
export const STRINGS: JsonSchema = { type: 'array', items: STRING };
export const OBJECTS: JsonSchema = { type: 'array', items: OBJECT };

export const serviceId = text('Id of the service from runtime__list_services.', 128);
