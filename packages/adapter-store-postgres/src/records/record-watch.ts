import { isStoreError, type StoreError } from '@clarity-runtime/core';
import type { CallOptions, Change, Cursor, TenantId, Versioned } from '@clarity-runtime/core/ports';
import type { Database, ResultRow } from '../database/database.ts';
import { numberOf, textOf } from '../database/values.ts';

/** Changes of one read; a reader that is further behind lists again. */
const MAX_CHANGES = 1_000;

/** The place after the last change of a kind. */
export interface FeedPosition {
  readonly cursor: Cursor;
  readonly generation: string;
  readonly rev: number;
  readonly swept: number;
}

/** @throws StoreError */
export async function feedPosition(database: Database, kind: string, options: CallOptions = {}): Promise<FeedPosition> {
  const [row] = await database.call('feed_position', [kind], options);
  const generation = textOf(row, 'generation');
  const rev = numberOf(row, 'rev');
  return { cursor: cursorOf(generation, rev), generation, rev, swept: numberOf(row, 'swept') };
}

/** The records that a watch reads. */
export interface WatchedRecords<T> {
  readonly database: Database;
  readonly kind: string;
  /** `*` watches all tenants. */
  readonly tenant: TenantId;
  /** Returns undefined for a record that this version cannot use. */
  readonly parse: (row: ResultRow) => Versioned<T> | undefined;
}

/**
 * Yields the changes of a kind until the signal aborts, and waits while the database is away. Ends after a `reset`: the cursor
 * is outdated, the database was restored or replaced by a standby, or the reader is too far behind.
 */
export async function* watchRecords<T>(
  watched: WatchedRecords<T>,
  from: Cursor | 'snapshot',
  ended: AbortSignal,
): AsyncGenerator<Change<T>, void> {
  const { database, kind, tenant, parse } = watched;
  let generation: string | undefined;
  let rev = 0;
  let isSynced = false;
  // The consumer may end the watch while it handles a change.
  const isOver = (): boolean => ended.aborted;
  if (from !== 'snapshot') {
    const known = /^(\w+)\.(\d{1,16})$/.exec(from);
    if (known === null) {
      yield { type: 'reset', reason: 'the cursor is not of this store' };
      return;
    }
    generation = known[1];
    rev = Number(known[2]);
  }
  while (!isOver()) {
    const seen = database.hints.count(kind);
    try {
      const position = await feedPosition(database, kind);
      if (generation === undefined) {
        const rows = await database.call('records', [tenant, kind, null]);
        generation = position.generation;
        rev = position.rev;
        for (const row of rows) {
          const item = parse(row);
          if (item !== undefined) yield { type: 'put', item, cursor: position.cursor };
          if (isOver()) return;
        }
      }
      const reason = outdated(position, generation, rev);
      const rows = reason === undefined ? await database.call('changes', [tenant, kind, rev, MAX_CHANGES + 1]) : [];
      if (reason !== undefined || rows.length > MAX_CHANGES) {
        yield { type: 'reset', reason: reason ?? 'the reader fell behind' };
        return;
      }
      for (const row of rows) {
        rev = Math.max(rev, numberOf(row, 'rev'));
        const cursor = cursorOf(generation, rev);
        const item = row['body'] === null ? undefined : parse(row);
        if (item !== undefined) yield { type: 'put', item, cursor };
        else yield { type: 'remove', id: textOf(row, 'id'), cursor };
        if (isOver()) return;
      }
      rev = Math.max(rev, position.rev);
      if (!isSynced) {
        isSynced = true;
        yield { type: 'synced', cursor: cursorOf(generation, rev) };
      }
    } catch (error) {
      if (isOver()) return;
      if (!isStoreError(error) || !isPassing(error)) throw error;
    }
    if (!isOver()) await database.hints.wait(kind, seen, ended);
  }
}

function outdated(position: FeedPosition, generation: string, rev: number): string | undefined {
  if (position.generation !== generation) return 'the database was restored or replaced';
  if (rev > position.rev) return 'the cursor is not of this store';
  return rev < position.swept ? 'changes since this cursor are not kept' : undefined;
}

const isPassing = ({ kind }: StoreError): boolean => ['unavailable', 'indeterminate', 'exhausted'].includes(kind);

const cursorOf = (generation: string, rev: number): Cursor => `${generation}.${String(rev)}`;
