import type { Change, Clock, Cursor, RecordStore, TenantId, Versioned } from '../../ports/index.ts';

/** The records of one store in memory, as a follower compares them with the store. */
export interface FollowedRecords<T> {
  readonly store: RecordStore<T>;
  readonly tenant: TenantId;
  readonly idOf: (value: T) => string;
  readonly clock: Clock;
  /** The place after the records that are in memory. */
  readonly cursor: Cursor;
  readonly signal: AbortSignal;
  readonly held: () => ReadonlyMap<string, Versioned<T>>;
  /** Reads one record from the store into memory. Rejects while the store has no answer, and is then repeated by its owner. */
  readonly renew: (id: string) => Promise<void>;
}

/** Longest time between two comparisons of all records, because a hint of a change can be lost. */
const REPAIR_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Keeps records in memory equal to those of a store that other processes write, until the signal aborts: by the changes that it
 * watches, and by a comparison of all records every 30 s and after each `reset`. Never rejects.
 */
export async function followRecords<T>(followed: FollowedRecords<T>): Promise<void> {
  const { clock, signal } = followed;
  const isOver = (): boolean => signal.aborted;
  const repairs = async (): Promise<void> => {
    while (!isOver()) {
      await clock.after(REPAIR_MS, signal);
      if (!isOver()) await compare(followed).catch(() => undefined);
    }
  };
  void repairs();
  let from: Cursor | undefined = followed.cursor;
  for (let pauseMs = FIRST_PAUSE_MS; !isOver();) {
    try {
      from ??= await compare(followed);
      for await (const change of followed.store.watch(followed.tenant, from, signal)) {
        if (isOver()) return;
        if (change.type === 'reset') break;
        pauseMs = FIRST_PAUSE_MS;
        await apply(followed, change);
      }
      from = undefined;
    } catch {
      from = undefined;
    }
    await clock.after(pauseMs, signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

async function apply<T>({ idOf, held, renew }: FollowedRecords<T>, change: Change<T>): Promise<void> {
  if (change.type === 'put') {
    const id = idOf(change.item.value);
    if (held().get(id)?.revision !== change.item.revision) await renew(id).catch(() => undefined);
  } else if (change.type === 'remove' && held().has(change.id)) {
    await renew(change.id).catch(() => undefined);
  }
}

/** Compares all records with the store. Returns the place after them. @throws StoreError */
async function compare<T>({ store, tenant, idOf, held, renew }: FollowedRecords<T>): Promise<Cursor> {
  const { items, cursor } = await store.list(tenant);
  const stored = new Map(items.map((item) => [idOf(item.value), item.revision]));
  const ids = new Set([...stored.keys(), ...held().keys()]);
  for (const id of ids) {
    if (stored.get(id) !== held().get(id)?.revision) await renew(id).catch(() => undefined);
  }
  return cursor;
}
