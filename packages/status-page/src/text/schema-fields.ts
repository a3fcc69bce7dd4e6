/** The kind of control that asks for a value. `json` takes any JSON text. */
export type FieldKind =
  'text' | 'date' | 'integer' | 'number' | 'boolean' | 'enum' | 'list' | 'object' | 'objects' | 'json';

/** One parameter of a tool, read from its JSON Schema. */
export interface SchemaField {
  readonly kind: FieldKind;
  readonly name: string;
  readonly description: string;
  /** Type and limits in words. A pattern is shown, never executed. */
  readonly limits: string;
  readonly isRequired: boolean;
  readonly isLong: boolean;
  /** Members of an object, or of the items of a list of objects. */
  readonly fields: readonly SchemaField[];
  /** Choices as JSON texts. */
  readonly choices: readonly string[];
  /** The default as JSON text. */
  readonly fallback: string | undefined;
}

/** Deeper schemas are asked for as JSON. */
const MAX_DEPTH = 4;
const MAX_FIELDS = 200;
const LONG_CHARACTERS = 200;

type Schema = Readonly<Record<string, unknown>>;

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the parameters of a tool, or undefined if the schema is not an object with properties: it is asked for as JSON. */
export function readFields(schema: unknown): readonly SchemaField[] | undefined {
  if (!isSchema(schema) || !isPlainObject(schema)) return undefined;
  return fieldsOf(schema, 0);
}

const FORKS = ['oneOf', 'anyOf', 'allOf', '$ref', 'not', 'if', 'patternProperties', 'prefixItems', '$dynamicRef'];

const isForked = (schema: Schema): boolean => FORKS.some((word) => Object.hasOwn(schema, word));

const isPlainObject = (schema: Schema): boolean =>
  !isForked(schema) && isSchema(schema['properties'] ?? {}) && [undefined, 'object'].includes(schema['type'] as string);

function fieldsOf(schema: Schema, depth: number): readonly SchemaField[] {
  const required = Array.isArray(schema['required']) ? new Set<unknown>(schema['required']) : new Set();
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties)
    .slice(0, MAX_FIELDS)
    .map(([name, sub]) => readField(isSchema(sub) ? sub : {}, name, required.has(name), depth));
}

function readField(schema: Schema, name: string, isRequired: boolean, depth: number): SchemaField {
  const kind = kindOf(schema, depth);
  const items = isSchema(schema['items']) ? schema['items'] : {};
  const nested = kind === 'object' ? schema : kind === 'objects' ? items : undefined;
  const fallback = schema['default'] === undefined ? undefined : JSON.stringify(schema['default']);
  return {
    kind,
    name,
    isRequired,
    description: typeof schema['description'] === 'string' ? schema['description'] : '',
    limits: limitsOf(schema, items),
    isLong: typeof schema['maxLength'] === 'number' && schema['maxLength'] > LONG_CHARACTERS,
    fields: nested === undefined ? [] : fieldsOf(nested, depth + 1),
    choices: kind === 'enum' ? (schema['enum'] as unknown[]).map((choice) => JSON.stringify(choice)) : [],
    fallback,
  };
}

function kindOf(schema: Schema, depth: number): FieldKind {
  if (isForked(schema)) return 'json';
  const { items } = schema;
  const type = typeOf(schema);
  if (Array.isArray(schema['enum']) && schema['enum'].length > 0) return 'enum';
  if (type === 'string') return schema['format'] === 'date' ? 'date' : 'text';
  if (type === 'integer' || type === 'number' || type === 'boolean') return type;
  const hasProperties = (one: Schema): boolean =>
    isPlainObject(one) && isSchema(one['properties']) && Object.keys(one['properties']).length > 0;
  if (depth >= MAX_DEPTH) return 'json';
  if (type === 'object' && hasProperties(schema)) return 'object';
  if (type !== 'array' || !isSchema(items) || isForked(items)) return 'json';
  if (items['type'] === 'string' && !Array.isArray(items['enum'])) return 'list';
  return items['type'] === 'object' && hasProperties(items) ? 'objects' : 'json';
}

/** Returns the one type that a form can ask for. An integer that may also be a text is an integer: texts carry 64 bits. */
function typeOf({ type }: Schema): unknown {
  if (!Array.isArray(type)) return type;
  const types = (type as readonly unknown[]).filter((one) => one !== 'null');
  if (types.length === 2 && types.includes('integer') && types.includes('string')) return 'integer';
  return types.length === 1 ? types[0] : undefined;
}

function limitsOf(schema: Schema, items: Schema): string {
  const word = (key: string, of: (value: string) => string): string | undefined => {
    const value = schema[key];
    return typeof value === 'string' || typeof value === 'number' ? of(String(value)) : undefined;
  };
  const itemType = typeof items['type'] === 'string' ? ` of ${items['type']}s` : '';
  const known = typeOf(schema);
  const type = known === 'array' ? `list${itemType}` : typeof known === 'string' ? known : 'any';
  return [
    type,
    word('format', (value) => value),
    word('pattern', (value) => `like ${value}`),
    word('minimum', (value) => `from ${value}`),
    word('maximum', (value) => `to ${value}`),
    word('minLength', (value) => `at least ${value} characters`),
    word('maxLength', (value) => `at most ${value} characters`),
    word('maxItems', (value) => `at most ${value} items`),
    schema['default'] === undefined ? undefined : `default ${JSON.stringify(schema['default'])}`,
  ]
    .filter((text) => text !== undefined)
    .join(', ');
}
