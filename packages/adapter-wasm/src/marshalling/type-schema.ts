import type { ClarityType, ClarityField, ClarityTypeDefinition } from '@clarity-runtime/core';
import {
  definitionOf,
  isEnumeration,
  type TypeTable,
  boxOf,
  isNullable,
  requiredNames,
  TAG,
  type UnionDefinition,
  type Variant,
} from './type-forms.ts';

/** Maximum nodes of a named type that is written inline. A larger type is in `$defs`. */
const MAX_INLINE_SIZE = 60;

/**
 * Decides which named types a schema refers to and which it inlines. Clients read a schema without references best.
 * Types that contain themselves, and types that would expand without limit, need references.
 */
export class SchemaPlan {
  readonly #types: TypeTable;
  readonly #sizes = new Map<string, number>();
  readonly #open = new Set<string>();
  readonly #referred = new Set<string>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  isReferred(name: string): boolean {
    this.#sizeOfNamed(name);
    return this.#referred.has(name);
  }

  #sizeOf(type: ClarityType): number {
    switch (type.kind) {
      case 'List':
        return 1 + this.#sizeOf(type.element);
      case 'Option':
      case 'Map':
        return 1 + this.#sizeOf(type.value);
      case 'Result':
        return 1 + this.#sizeOf(type.ok) + this.#sizeOf(type.error);
      case 'Named':
        return this.#sizeOfNamed(type.name);
      default:
        return 1;
    }
  }

  #sizeOfNamed(name: string): number {
    const known = this.#sizes.get(name);
    if (known !== undefined) return known;
    if (this.#open.has(name)) {
      this.#referred.add(name);
      return 1;
    }
    this.#open.add(name);
    const written = this.#sizeOfBody(name);
    this.#open.delete(name);
    if (written > MAX_INLINE_SIZE) this.#referred.add(name);
    const size = this.#referred.has(name) ? 1 : written;
    this.#sizes.set(name, size);
    return size;
  }

  #sizeOfBody(name: string): number {
    const definition = definitionOf(this.#types, name);
    if (definition === undefined || (definition.kind === 'union' && isEnumeration(definition))) return 1;
    const bodies = definition.kind === 'record' ? [definition] : definition.variants;
    return bodies
      .flatMap(({ fields }) => fields)
      .reduce((sum, { type }) => sum + this.#sizeOf(type), 1 + bodies.length);
  }
}

export type Schema = Readonly<Record<string, unknown>>;

const INTEGER: Schema = { type: ['integer', 'string'], pattern: '^-?[0-9]+$' };
const TIME: Schema = { anyOf: [{ type: 'string', format: 'date-time' }, INTEGER] };

/** `arguments` have the simplest form; `results` allow every possible form. */
export type Direction = 'in' | 'out';

/** Builds the JSON Schemas of the types of one document, in one direction. */
export class TypeSchemas {
  readonly #types: TypeTable;
  readonly #direction: Direction;
  readonly #plan: SchemaPlan;

  constructor(types: TypeTable, direction: Direction) {
    this.#types = types;
    this.#direction = direction;
    this.#plan = new SchemaPlan(types);
  }

  /** Returns the schema of an object with exactly these members and the `$defs` that it refers to. */
  object(fields: readonly ClarityField[]): Schema {
    const definitions = new Map<string, Schema>();
    return withDefinitions(this.#fields(fields, definitions), definitions);
  }

  #fields(fields: readonly ClarityField[], definitions: Map<string, Schema>): Schema {
    const required = requiredNames(fields);
    return {
      type: 'object',
      properties: byName(fields.map(({ name, type }) => [name, this.#schema(type, definitions)])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    };
  }

  #schema(type: ClarityType, definitions: Map<string, Schema>): Schema {
    const inner = (part: ClarityType): Schema => this.#schema(part, definitions);
    switch (type.kind) {
      case 'Int64':
        return INTEGER;
      case 'Int32':
        return { type: 'integer', minimum: -0x8000_0000, maximum: 0x7fff_ffff };
      case 'UInt32':
        return { type: 'integer', minimum: 0, maximum: 0xffff_ffff };
      case 'Float32':
      case 'Float64':
        return this.#direction === 'in'
          ? { type: 'number' }
          : { anyOf: [{ type: 'number' }, { enum: ['NaN', 'Infinity', '-Infinity'] }] };
      case 'Bool':
        return { type: 'boolean' };
      case 'String':
        return { type: 'string' };
      case 'Bytes':
        return { type: 'string', contentEncoding: 'base64' };
      case 'Timestamp':
        return TIME;
      case 'Unit':
        return { type: 'null' };
      case 'List':
        return { type: 'array', items: inner(type.element) };
      case 'Option':
        return {
          anyOf: [isNullable(type.value) ? tagged('Some', inner(type.value)) : inner(type.value), { type: 'null' }],
        };
      case 'Result':
        return { oneOf: [only('ok', inner(type.ok)), only('err', inner(type.error))] };
      case 'Map':
        return {
          type: 'object',
          ...(type.key.kind === 'Int64' ? { propertyNames: { pattern: '^-?[0-9]+$' } } : {}),
          additionalProperties: inner(type.value),
        };
      case 'Named':
        return this.#named(type.name, definitions);
    }
  }

  #named(name: string, definitions: Map<string, Schema>): Schema {
    const definition = definitionOf(this.#types, name);
    if (definition === undefined) throw new Error(`the type ${name} is not described`);
    if (!this.#plan.isReferred(name)) return this.#body(definition, definitions);
    if (!definitions.has(name)) {
      // Register the name before the definition, because the type can refer to itself.
      definitions.set(name, {});
      definitions.set(name, this.#body(definition, definitions));
    }
    return { $ref: `#/$defs/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}` };
  }

  #body(definition: ClarityTypeDefinition, definitions: Map<string, Schema>): Schema {
    if (definition.kind === 'record') return this.#fields(definition.fields, definitions);
    if (isEnumeration(definition)) return { type: 'string', enum: definition.variants.map(({ name }) => name) };
    return { oneOf: definition.variants.map((variant) => this.#variant(definition, variant, definitions)) };
  }

  #variant(union: UnionDefinition, { name, fields }: Variant, definitions: Map<string, Schema>): Schema {
    const box = boxOf(union);
    if (box !== undefined && fields.length > 0) return tagged(name, this.#fields(fields, definitions), box);
    const { properties, required = [] } = this.#fields(fields, definitions) as Schema & { required?: string[] };
    return {
      type: 'object',
      properties: byName([[TAG, { const: name }], ...Object.entries(properties as Record<string, Schema>)]),
      required: [TAG, ...required],
      additionalProperties: false,
    };
  }
}

/** Returns the schema of `{"tag": …, "value": …}`, or with another name instead of `value`. */
function tagged(name: string, value: Schema, member = 'value'): Schema {
  const properties = { [TAG]: { const: name }, [member]: value };
  return { type: 'object', properties, required: [TAG, member], additionalProperties: false };
}

const only = (name: string, value: Schema): Schema => ({
  type: 'object',
  properties: { [name]: value },
  required: [name],
  additionalProperties: false,
});

/** `fromEntries` defines members, so a member called `__proto__` is an ordinary member. */
const byName = (entries: readonly (readonly [string, Schema])[]): Schema => Object.fromEntries(entries);

const withDefinitions = (schema: Schema, definitions: ReadonlyMap<string, Schema>): Schema =>
  definitions.size === 0 ? schema : { ...schema, $defs: byName(Array.from(definitions)) };
