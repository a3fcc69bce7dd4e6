import { z, type ZodType } from 'zod';

/** The schemas that are components of the OpenAPI document, with their names. */
export const namedSchemas = z.registry<{ readonly id: string }>();

/**
 * Returns the schema of the component `id`. `make` runs when the schema is used first: a start of the daemon uses none, and
 * the construction of all of them took a tenth of it.
 */
export function named<T extends ZodType>(id: string, make: () => T): z.ZodLazy<T> {
  const schema = z.lazy(make);
  namedSchemas.add(schema, { id });
  return schema;
}

/** JSON whose members and items are read-only. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/** A time in ISO 8601. */
export const time = z.string().meta({ format: 'date-time' });
/** A JSON object with members that this contract does not describe. */
export const anyObject = z.record(z.string(), z.unknown());
/** An integer from 0. */
export const whole = z.int().min(0);
/** The body of a request without members. */
export const noBody = z.strictObject({});
/** The query of a request without parameters. */
export const noQuery = z.strictObject({});

const MAX_LIMIT = 2_000;
const MAX_CURSOR_LENGTH = 1_000;
const LIMIT_HINT = `use one integer from 1 to ${String(MAX_LIMIT)}`;

/** The maximum number of entries of a reply. */
const limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, LIMIT_HINT)
  .transform(Number)
  .refine((count) => count <= MAX_LIMIT, LIMIT_HINT)
  .meta({ type: 'integer', minimum: 1, maximum: MAX_LIMIT });

/** A limit with a default. */
export const limitOr = (fallback: number) =>
  limit.default(fallback).meta({ description: `${String(fallback)} when absent.` });

/** The cursor that an earlier page returned as `next`. */
export const after = z.string().max(MAX_CURSOR_LENGTH, 'pass the unchanged `next` of an earlier reply');

/** The query of a list that is ordered by name. Without `limit` the reply is the whole list. */
export const pageQuery = z.strictObject({ limit: limit.optional(), after: after.optional() });
