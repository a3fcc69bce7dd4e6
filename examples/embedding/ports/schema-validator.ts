import { z } from 'zod';
import type { SchemaValidator } from '@clarity-runtime/core/ports';

/** Checks schemas with zod, which interprets them: for hosts that forbid code generation from strings. */
export const zodValidator: SchemaValidator = (schema) => {
  const parser = z.fromJSONSchema(schema);
  return (value) => {
    const issue = parser.safeParse(value).error?.issues[0];
    return issue === undefined ? undefined : { field: issue.path.map(String).join('.'), problem: issue.message };
  };
};
