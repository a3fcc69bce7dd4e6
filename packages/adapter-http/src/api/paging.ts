import { ClarityError } from '@clarity-runtime/core';
import { toPrintableAscii } from '@clarity-runtime/core/internal';

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** The cursor of the next page, for `after`. Absent on the last page. */
  readonly next?: string;
}

/**
 * Returns one page of a list that is ordered by `keyOf`, a unique name. A cursor is the name of the last item, so that an item
 * that is added or removed between two requests moves no other item to another page.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  query: { readonly limit?: number | undefined; readonly after?: string | undefined },
): Page<T> {
  const from = query.after === undefined ? undefined : readCursor(query.after);
  const rest = from === undefined ? items : items.filter((item) => keyOf(item) > from);
  const page = rest.slice(0, query.limit ?? rest.length);
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
