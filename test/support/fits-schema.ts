type Schema = Readonly<Record<string, unknown>>;

const NOTES = new Set(['format', 'contentEncoding', '$defs']);

/** Whether the value matches the schema, for the keywords in use. Any other keyword is an error. */
export function fitsSchema(schema: Schema, value: unknown, root: Schema = schema): boolean {
  return Object.entries(schema).every(([keyword, operand]) => {
    if (NOTES.has(keyword)) return true;
    const check = CHECKS[keyword];
    if (check === undefined) throw new Error(`no check for ${keyword}`);
    return check(operand as never, value, { schema, root });
  });
}

interface Place {
  readonly schema: Schema;
  readonly root: Schema;
}

type Check = (operand: never, value: unknown, place: Place) => boolean;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const typesOf = (value: unknown): readonly string[] => {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  return typeof value === 'number' && Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
};

const CHECKS: Readonly<Record<string, Check>> = {
  type: (types: string | readonly string[], value) => typesOf(value).some((type) => [types].flat().includes(type)),
  const: (expected: unknown, value) => value === expected,
  enum: (members: readonly unknown[], value) => members.includes(value),
  minimum: (least: number, value) => typeof value !== 'number' || value >= least,
  maximum: (most: number, value) => typeof value !== 'number' || value <= most,
  pattern: (pattern: string, value) => typeof value !== 'string' || new RegExp(pattern, 'u').test(value),
  anyOf: (schemas: readonly Schema[], value, { root }) => schemas.some((schema) => fitsSchema(schema, value, root)),
  oneOf: (schemas: readonly Schema[], value, { root }) =>
    schemas.filter((schema) => fitsSchema(schema, value, root)).length === 1,
  items: (schema: Schema, value, { root }) =>
    !Array.isArray(value) || value.every((item) => fitsSchema(schema, item, root)),
  properties: (properties: Readonly<Record<string, Schema>>, value, { root }) =>
    !isObject(value) ||
    Object.entries(properties).every(
      ([name, schema]) => !Object.hasOwn(value, name) || fitsSchema(schema, value[name], root),
    ),
  required: (names: readonly string[], value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name)),
  additionalProperties: (schema: Schema | false, value, { schema: whole, root }) => {
    const known = whole['properties'] ?? {};
    const others = isObject(value) ? Object.entries(value).filter(([name]) => !Object.hasOwn(known, name)) : [];
    return others.every(([, member]) => schema !== false && fitsSchema(schema, member, root));
  },
  propertyNames: (schema: Schema, value, { root }) =>
    !isObject(value) || Object.keys(value).every((name) => fitsSchema(schema, name, root)),
  minItems: (least: number, value) => !Array.isArray(value) || value.length >= least,
  maxItems: (most: number, value) => !Array.isArray(value) || value.length <= most,
  uniqueItems: (_: boolean, value) => !Array.isArray(value) || new Set(value).size === value.length,
  prefixItems: (schemas: readonly Schema[], value, { root }) =>
    !Array.isArray(value) || schemas.every((schema, at) => at >= value.length || fitsSchema(schema, value[at], root)),
  minLength: (least: number, value) => typeof value !== 'string' || Array.from(value).length >= least,
  maxLength: (most: number, value) => typeof value !== 'string' || Array.from(value).length <= most,
  $ref: (reference: string, value, { root }) => {
    const name = decodeURIComponent(reference.replace('#/$defs/', ''));
    const schema = (root['$defs'] as Readonly<Record<string, Schema>>)[name];
    if (schema === undefined) throw new Error(`no schema at ${reference}`);
    return fitsSchema(schema, value, root);
  },
};
