export type MapKey = string | bigint;

/** A word of 32 bits as a number, a word of 64 bits as a bigint. */
export type MapValue = number | bigint;

/** The changes of a map in order, append-only. Each prefix is an earlier version of the map. */
export class MapHistory {
  readonly #changes: { readonly key: MapKey; readonly value: MapValue | undefined }[] = [];
  /** Positions at which a key changed, ascending. */
  readonly #places = new Map<MapKey, number[]>();

  get length(): number {
    return this.#changes.length;
  }

  /** Sets the value of a key; removes the key without a value. */
  add(key: MapKey, value: MapValue | undefined): void {
    const places = this.#places.get(key);
    if (places === undefined) this.#places.set(key, [this.#changes.length]);
    else places.push(this.#changes.length);
    this.#changes.push({ key, value });
  }

  /** Returns the value of a key after the first `length` changes. */
  get(key: MapKey, length: number): MapValue | undefined {
    const place = lastBelow(this.#places.get(key) ?? [], length);
    return place === undefined ? undefined : this.#changes[place]?.value;
  }

  entries(length: number): ReadonlyMap<MapKey, MapValue> {
    const entries = new Map<MapKey, MapValue>();
    for (let index = 0; index < length; index += 1) {
      const change = this.#changes[index];
      if (change === undefined) break;
      if (change.value === undefined) entries.delete(change.key);
      else entries.set(change.key, change.value);
    }
    return entries;
  }
}

function lastBelow(ascending: readonly number[], limit: number): number | undefined {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ascending[middle] ?? limit) < limit) low = middle + 1;
    else high = middle;
  }
  return ascending[low - 1];
}
