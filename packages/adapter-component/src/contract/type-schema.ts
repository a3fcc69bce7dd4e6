import type { Case, Labelled, ValueDefinition } from '../decoder/definition.ts';
import type { ComponentFunction } from './component-contract.ts';

export type ComponentSchema = Readonly<Record<string, unknown>>;

/** Parameters have the simplest form; results allow every form that the engine writes. */
type Direction = 'in' | 'out';

const RANGES: Readonly<Record<string, readonly [least: number, most: number]>> = {
  s8: [-0x80, 0x7f],
  u8: [0, 0xff],
  s16: [-0x8000, 0x7fff],
  u16: [0, 0xffff],
  s32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
};

/** Returns the JSON Schemas of the arguments and of the result of a function; no output schema without a result. */
export function functionSchemas({ params, result }: ComponentFunction): {
  readonly inputSchema: ComponentSchema;
  readonly outputSchema?: ComponentSchema;
} {
  const inputSchema = objectOf(params, 'in');
  const value = result?.kind === 'result' ? result.ok : result;
  if (value === undefined) return { inputSchema };
  if (value.kind === 'record') return { inputSchema, outputSchema: objectOf(value.fields, 'out') };
  const outputSchema = { ...objectOf([{ name: 'result', type: value }], 'out'), required: ['result'] };
  return { inputSchema, outputSchema };
}

/** Returns whether the result of a function is an object that is used as it is. */
export const isRecordResult = ({ result }: ComponentFunction): boolean =>
  (result?.kind === 'result' ? result.ok : result)?.kind === 'record';

/** An `option` may be absent. */
function objectOf(fields: readonly Labelled[], direction: Direction): ComponentSchema {
  const required = fields.filter(({ type }) => type.kind !== 'option').map(({ name }) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(({ name, type }) => [name, schemaOf(type, direction)])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

/** Returns the JSON Schema of a type that `refusalOfTypes` accepts. */
export function schemaOf(type: ValueDefinition, direction: Direction): ComponentSchema {
  switch (type.kind) {
    case 'bool':
      return { type: 'boolean' };
    case 's64':
      return { type: ['integer', 'string'], pattern: '^-?[0-9]+$' };
    case 'u64':
      return { type: ['integer', 'string'], pattern: '^[0-9]+$', minimum: 0 };
    case 'f32':
    case 'f64':
      return direction === 'in'
        ? { type: 'number' }
        : { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };
    case 'char':
      return { type: 'string', minLength: 1, maxLength: 1 };
    case 'string':
      return { type: 'string' };
    case 'list':
      return listSchema(type, direction);
    case 'tuple': {
      const length = type.items.length;
      const prefixItems = type.items.map((item) => schemaOf(item, direction));
      return { type: 'array', ...(length === 0 ? {} : { prefixItems }), minItems: length, maxItems: length };
    }
    case 'record':
      return objectOf(type.fields, direction);
    case 'variant':
      return { oneOf: type.cases.map((entry) => caseSchema(entry, direction)) };
    case 'enum':
      return { type: 'string', enum: [...type.names] };
    case 'flags':
      return { type: 'array', items: { type: 'string', enum: [...type.names] }, uniqueItems: true };
    case 'option': {
      const inner = schemaOf(type.value, direction);
      const some = type.value.kind === 'option' ? only('some', inner) : inner;
      return { anyOf: [some, { type: 'null' }] };
    }
    case 'result':
      return {
        oneOf: [only('ok', maybeSchema(type.ok, direction)), only('err', maybeSchema(type.err, direction))],
      };
    default: {
      const [minimum, maximum] = RANGES[type.kind] ?? [0, 0];
      return { type: 'integer', minimum, maximum };
    }
  }
}

/** Bytes are base64. */
function listSchema(
  { element, length }: ValueDefinition & { readonly kind: 'list' },
  direction: Direction,
): ComponentSchema {
  if (element.kind === 'u8' && length === undefined) return { type: 'string', contentEncoding: 'base64' };
  const bounds = length === undefined ? {} : { minItems: length, maxItems: length };
  return { type: 'array', items: schemaOf(element, direction), ...bounds };
}

function caseSchema({ name, type }: Case, direction: Direction): ComponentSchema {
  const properties = { tag: { const: name }, ...(type === undefined ? {} : { val: schemaOf(type, direction) }) };
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

const maybeSchema = (type: ValueDefinition | undefined, direction: Direction): ComponentSchema =>
  type === undefined ? { type: 'null' } : schemaOf(type, direction);

const only = (name: string, value: ComponentSchema): ComponentSchema => ({
  type: 'object',
  properties: { [name]: value },
  required: [name],
  additionalProperties: false,
});
