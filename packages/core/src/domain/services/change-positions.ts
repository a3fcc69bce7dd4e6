/** Changes of a set of named things after a position. */
export interface PositionedChanges {
  /** Names that were added or changed and still exist. */
  readonly changed: readonly string[];
  /** Names that were removed, with the note of their removal. */
  readonly removed: readonly Removal[];
}

interface Removal {
  readonly name: string;
  /** Kept with the removal, for example the namespace of a service. */
  readonly note: string;
}

const MAX_REMOVALS = 1_000;

/**
 * Positions of the newest change of each name, so that a reader can catch up from any position with what is true now. Memory is
 * one number per name and at most 1,000 removals: a reader from before the oldest of them has to read everything.
 */
export class ChangePositions {
  readonly #newest = new Map<string, number>();
  readonly #removals = new Map<string, Removal & { readonly at: number }>();
  #position = 0;
  /** Changes at or before it are not known in full. */
  #floor = 0;

  get position(): number {
    return this.#position;
  }

  changed(name: string): void {
    this.#position += 1;
    this.#removals.delete(name);
    // At the end of the map, so that the newest changes are together.
    this.#newest.delete(name);
    this.#newest.set(name, this.#position);
  }

  removed(name: string, note: string): void {
    this.#position += 1;
    this.#newest.delete(name);
    this.#removals.delete(name);
    this.#removals.set(name, { name, note, at: this.#position });
    for (const [oldest, { at }] of this.#removals) {
      if (this.#removals.size <= MAX_REMOVALS) break;
      this.#removals.delete(oldest);
      this.#floor = at;
    }
  }

  /** Everything may differ: each reader has to read everything. */
  reset(): void {
    this.#position += 1;
    this.#floor = this.#position;
  }

  /** Returns the changes after a position; undefined if they are not known, or for a position that never was. */
  after(position: number): PositionedChanges | undefined {
    if (position < this.#floor || position > this.#position) return undefined;
    const removed = [...this.#removals.values()].filter(({ at }) => at > position);
    const changed = [...this.#newest].filter(([, at]) => at > position);
    return { changed: changed.map(([name]) => name), removed: removed.map(({ name, note }) => ({ name, note })) };
  }
}
