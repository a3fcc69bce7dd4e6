import { toPrintableAscii } from '../text/safe-text.ts';

export type SchemaMembers = Readonly<Record<string, unknown>>;

/** One schema in the tree of a schema. */
export interface SchemaNode {
  readonly schema: SchemaMembers;
  /** Printable place in the tree; `inputSchema` for the root. */
  readonly path: string;
  /** Levels of `properties` and `items` above it. */
  readonly depth: number;
}

/** Keywords with one schema, with a list of schemas, and with schemas by name. */
export const SCHEMA_KEYWORDS: readonly string[] =
  'items additionalProperties contains not if then else propertyNames unevaluatedItems unevaluatedProperties'.split(
    ' ',
  );
export const LIST_KEYWORDS: readonly string[] = ['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'];
export const MAP_KEYWORDS: readonly string[] = [
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
];
/** Keywords that add a level of nesting in a value. */
const NESTING: ReadonlySet<string> = new Set([
  'properties',
  'items',
  'additionalProperties',
  'patternProperties',
  'prefixItems',
]);

/** Maximum count of visited schemas. */
export const MAX_SCHEMAS = 10_000;
const MAX_PATH = 120;

export const isSchema = (value: unknown): value is SchemaMembers =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns the schema, or an empty one for any other value. */
export const rootOf = (value: unknown): SchemaMembers => (isSchema(value) ? value : {});

/** Visits a schema and the schemas in it, at most 10,000, without a recursion. References are not followed. */
export function walkSchema(root: SchemaMembers, visit: (node: SchemaNode) => void): void {
  const open: SchemaNode[] = [{ schema: root, path: 'inputSchema', depth: 0 }];
  for (let visited = 0; visited < MAX_SCHEMAS; visited += 1) {
    const node = open.pop();
    if (node === undefined) return;
    visit(node);
    for (const [keyword, name, schema] of childrenOf(node.schema)) {
      const place = toPrintableAscii(name === '' ? keyword : `${keyword}.${name}`, MAX_PATH);
      const path = `${node.path}.${place}`.slice(0, MAX_PATH);
      open.push({ schema, path, depth: node.depth + (NESTING.has(keyword) ? 1 : 0) });
    }
  }
}

function* childrenOf(
  schema: SchemaMembers,
): Generator<readonly [keyword: string, name: string, schema: SchemaMembers]> {
  for (const keyword of SCHEMA_KEYWORDS) {
    const child = schema[keyword];
    if (isSchema(child)) yield [keyword, '', child];
  }
  for (const keyword of LIST_KEYWORDS) {
    const children: unknown = schema[keyword];
    if (!Array.isArray(children)) continue;
    for (const [at, child] of (children as unknown[]).entries())
      if (isSchema(child)) yield [keyword, String(at), child];
  }
  for (const keyword of MAP_KEYWORDS) {
    for (const [name, child] of Object.entries(rootOf(schema[keyword])))
      if (isSchema(child)) yield [keyword, name, child];
  }
}
