import type { ZodType } from 'zod';
import { ClarityError, toPrintableAscii } from '@clarity-runtime/core';

/** Parses the query of a request. REQUEST_INVALID names the parameter that is not valid. */
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
