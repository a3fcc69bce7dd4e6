/** The part of JSON Schema that bodies of the API and arguments of control tools use. */
export interface ValueSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly required?: readonly string[];
  readonly items?: ValueSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly ValueSchema[];
  readonly oneOf?: readonly ValueSchema[];
  readonly minimum?: number;
  readonly default?: unknown;
}

/** Values for properties by name: text of a schema says nothing about what exists. */
export type KnownValues = Readonly<Record<string, unknown>>;

/** Returns one value that a schema accepts. With `isWide` it has all properties, otherwise only the required ones. */
export function valueOf(schema: ValueSchema, known: KnownValues, isWide: boolean, name = ''): unknown {
  if (Object.hasOwn(known, name)) return known[name];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return valueOf(choice, known, isWide, name);
  const type = Array.isArray(schema.type) ? (schema.type[0] as string) : schema.type;
  switch (type) {
    case 'object': {
      const { properties = {}, required = [] } = schema;
      const names = Object.keys(properties).filter((key) => isWide || required.includes(key));
      return Object.fromEntries(names.map((key) => [key, valueOf(properties[key] ?? {}, known, isWide, key)]));
    }
    case 'array':
      return schema.items === undefined ? [] : [valueOf(schema.items, known, isWide)];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return schema.default ?? false;
    case 'null':
      return null;
    default:
      return name === '' ? 'x' : `x-${name.replaceAll('_', '-')}`;
  }
}

/** Returns copies of a JSON value: in each another leaf or branch has a wrong type, around its old content. */
export function spoiledValues(value: unknown): readonly unknown[] {
  const wrapped = [[value], { unexpected: value }];
  if (typeof value !== 'object' || value === null) return wrapped;
  const inner = Object.entries(value).flatMap(([key, member]) =>
    spoiledValues(member).map((spoiled) =>
      Array.isArray(value)
        ? value.map((item: unknown, index) => (String(index) === key ? spoiled : item))
        : { ...value, [key]: spoiled },
    ),
  );
  return [...wrapped, ...inner];
}
