import { z } from 'zod';
import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';
import { after, limit } from '../http/query.ts';

/** Parameters of a list that can be read in pages; without `limit` it is answered as a whole. */
export const pageQuery = z.strictObject({ limit: limit.optional(), after: after.optional() });

export interface Page<T> {
  readonly items: readonly T[];
  /** Hand it back as `after` for the rest. Absent when there is none. */
  readonly next?: string;
}

/**
 * A part of a list that is ordered by `keyOf`, a name that only one entry has. A cursor stands for a place between names: what
 * comes and goes meanwhile moves no other entry from one page to another.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  asked: { readonly limit?: number | undefined; readonly after?: string | undefined },
): Page<T> {
  const from = asked.after === undefined ? undefined : readCursor(asked.after);
  const rest = from === undefined ? items : items.filter((item) => keyOf(item) > from);
  const page = rest.slice(0, asked.limit ?? rest.length);
  const last = page.at(-1);
  return page.length === rest.length || last === undefined
    ? { items: page }
    : { items: page, next: cursorOf(keyOf(last)) };
}

const cursorOf = (key: string): string => Buffer.from(key).toString('base64url');

function readCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString();
  if (key !== '' && cursorOf(key) === cursor) return key;
  throw new ClarityError('REQUEST_INVALID', `after '${toPrintableAscii(cursor)}'`, {
    field: 'after',
    hint: 'give the `next` of an earlier answer, as it was',
  });
}
