import { z, type ZodType } from 'zod';

/** The shapes of answers that stand in the OpenAPI document under a name of their own. */
export const shapes = z.registry<{ readonly id: string }>();

/** The same schema, known under a name. */
export function named<T extends ZodType>(id: string, schema: T): T {
  shapes.add(schema, { id });
  return schema;
}

/** ISO 8601. */
export const time = z.string().meta({ format: 'date-time' });
/** JSON of which the runtime knows only that it is an object. */
export const anyObject = z.record(z.string(), z.unknown());
export const whole = z.int().min(0);
