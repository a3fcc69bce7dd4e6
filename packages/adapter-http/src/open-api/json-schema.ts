import { z, type ZodType } from 'zod';
import { shapes } from '../api/replies/named.ts';

/** What is printed of a schema: JSON Schema 2020-12, which is what OpenAPI 3.1 takes. */
export interface Printed {
  readonly properties?: Readonly<Record<string, Printed>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly [more: string]: unknown;
}

const COMPONENTS = '#/components/schemas/';

/** A body or the parameters of an address, as a client writes them. */
export const printInput = (schema: ZodType): Printed =>
  bare(z.toJSONSchema(schema, { io: 'input', override: readNumbers }));

/** All named answers. Members that are not listed may come with a later version, so they are not ruled out. */
export function printShapes(): Readonly<Record<string, Printed>> {
  const { schemas } = z.toJSONSchema(shapes, { io: 'input', uri: (id) => COMPONENTS + id });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, schema]) => [id, bare(schema)]),
  );
}

/** Where a named answer stands in the document; an error of ours when it has no name. */
export function shapeRef(schema: ZodType): { readonly $ref: string } {
  const id = shapes.get(schema)?.id;
  if (id === undefined) throw new Error('an answer of a route has no name');
  return { $ref: COMPONENTS + id };
}

/** Without what only a file of its own needs. */
function bare(schema: object): Printed {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$schema' && name !== '$id'));
}

/** Numbers in an address are read from text; the pattern that they are read with says less than their type. */
function readNumbers({ jsonSchema }: { readonly jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema['type'] === 'integer') delete jsonSchema['pattern'];
}
