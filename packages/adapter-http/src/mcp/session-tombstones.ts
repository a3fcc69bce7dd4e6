/** Storage of ended sessions, so that they stay ended after a restart. */
export interface TombstoneStore {
  /** Tombstones of earlier processes, by key, with the issue time of the id in milliseconds since 1970. */
  readonly ended: Iterable<readonly [key: string, issuedAt: number]>;
  /** Ids that were issued at this time or earlier are refused. */
  readonly floor: number;
  /** Resolves when the tombstone is stored. */
  add(key: string, issuedAt: number): Promise<void>;
}

const MAX_AGE_MS = 30 * 24 * 60 * 60_000;
const KEY_LENGTH = 22;

/** Returns the part of a session id that identifies it: the end of its signature. */
const keyOf = (id: string): string => id.slice(-KEY_LENGTH);

/**
 * The ended sessions. An id is refused for ever after its end: while its tombstone is kept, and after that because it was
 * issued before the newest tombstone that was dropped, or is older than 30 days.
 */
export class SessionTombstones {
  readonly #ended: Map<string, number>;
  readonly #maxCount: number;
  readonly #store: TombstoneStore | undefined;
  readonly #now: () => number;
  #floor: number;

  constructor(options: { readonly maxCount: number; readonly store?: TombstoneStore; readonly now: () => number }) {
    const { maxCount, store, now } = options;
    this.#maxCount = maxCount;
    this.#store = store;
    this.#now = now;
    this.#ended = new Map(store?.ended ?? []);
    this.#floor = store?.floor ?? 0;
    while (this.#ended.size > maxCount) this.#drop();
  }

  /** Returns whether an id that was issued at this time is refused. */
  has(id: string, issuedAt: number): boolean {
    return issuedAt <= this.#floor || this.#now() - issuedAt > MAX_AGE_MS || this.#ended.has(keyOf(id));
  }

  /** Ends an id at once. Resolves when its end is stored. */
  add(id: string, issuedAt: number): Promise<void> {
    this.#ended.set(keyOf(id), issuedAt);
    if (this.#ended.size > this.#maxCount) this.#drop();
    return this.#store?.add(keyOf(id), issuedAt) ?? Promise.resolve();
  }

  /** Drops the tombstone of the oldest id, so that the fewest other ids are refused with it. */
  #drop(): void {
    let [oldest, oldestAt] = ['', Infinity];
    for (const [key, issuedAt] of this.#ended) if (issuedAt < oldestAt) [oldest, oldestAt] = [key, issuedAt];
    this.#ended.delete(oldest);
    this.#floor = Math.max(this.#floor, oldestAt);
  }
}
