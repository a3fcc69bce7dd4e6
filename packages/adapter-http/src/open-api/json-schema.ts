import { namedSchemas } from '@clarity-runtime/api-contract';
import { z, type ZodType } from 'zod';

/** A JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly [keyword: string]: unknown;
}

const COMPONENTS = '#/components/schemas/';

/** Returns the JSON schema of a body or a query before it is parsed. */
export const inputSchema = (schema: ZodType): JsonSchema =>
  withoutIdentity(z.toJSONSchema(schema, { io: 'input', override: printNumbers }));

/** Returns the components of the document, sorted by name. They allow additional members: a later version may add some. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const { schemas } = z.toJSONSchema(namedSchemas, { io: 'input', uri: (id) => COMPONENTS + id });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, schema]) => [id, withoutIdentity(schema)]),
  );
}

/** Returns the reference to a component. Throws when the schema of a reply has no name: this is a bug. */
export function componentRef(schema: ZodType): { readonly $ref: string } {
  const id = namedSchemas.get(schema)?.id;
  if (id === undefined) throw new Error('the schema of a reply has no name');
  return { $ref: COMPONENTS + id };
}

/** Removes the keywords that only a separate document needs. */
function withoutIdentity(schema: object): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema' && name !== '$id'));
}

/** Removes the pattern of a number in a query: its type says more. */
function printNumbers({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema['type'] === 'integer') delete jsonSchema['pattern'];
}
