import { z, type ZodType } from 'zod';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

const MAX_COUNT = 2_000;
const MAX_CURSOR_LENGTH = 1_000;
const wholeNumber = `give one whole number from 1 to ${String(MAX_COUNT)}`;

/** How many entries are wanted; undefined when nothing is said. */
export const limit = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, wholeNumber)
  .transform(Number)
  .refine((count) => count <= MAX_COUNT, wholeNumber)
  .meta({ type: 'integer', minimum: 1, maximum: MAX_COUNT });

/** How many of the newest entries are wanted. */
export const limitOr = (usual: number) => limit.default(usual).meta({ description: `${String(usual)} when absent.` });

/** Where an earlier page ended. */
export const after = z.string().max(MAX_CURSOR_LENGTH, 'give the `next` of an earlier answer, as it was');

/** Reads the parameters of an address as the schema says; REQUEST_INVALID names the one that is wrong. */
export function parseQuery<T>(query: URLSearchParams, schema: ZodType<T>): T {
  const twice = [...query.keys()].find((name, i, names) => names.indexOf(name) !== i);
  if (twice !== undefined) throw invalid(twice, 'it is given more than once', 'give it once');
  const read = schema.safeParse(Object.fromEntries(query));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  if (issue?.code === 'unrecognized_keys') {
    throw invalid(issue.keys[0] ?? '', 'there is no such parameter here', 'leave it out');
  }
  const name = String(issue?.path[0] ?? '');
  const given = query.get(name);
  throw invalid(name, given === null ? 'is missing' : `'${toPrintableAscii(given)}'`, issue?.message ?? '');
}

function invalid(name: string, problem: string, hint: string): ClarityError {
  const field = toPrintableAscii(name);
  return new ClarityError('REQUEST_INVALID', `${field} ${problem}`, { field, hint });
}
