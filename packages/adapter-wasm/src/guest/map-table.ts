import { AbiError } from './guest-error.ts';
import type { HostBudget } from './host-budget.ts';
import { MapHistory, type MapKey, type MapValue } from './map-history.ts';

const BYTES_PER_ENTRY = 96;
/** Heap of one change with its version, measured with keys and values of 64 bits: 250 bytes. */
const HELD_PER_CHANGE = 256;
/** Heap of one entry of a copied map. */
const HELD_PER_COPY = 64;

/** One version of a map: the first `length` changes of its history. */
interface MapVersion {
  readonly history: MapHistory;
  readonly length: number;
  readonly size: number;
}

/**
 * The maps of one instance by handle, from 1. A map never changes: setting and removing return a new handle. A change
 * of the newest version of a history appends to it; a change of an older version copies it first. Entries keep the
 * order in which their keys were first set.
 */
export class MapTable {
  readonly #budget: HostBudget;
  #versions: MapVersion[] = [];

  constructor(budget: HostBudget) {
    this.#budget = budget;
  }

  create(entries: Iterable<readonly [MapKey, MapValue]> = []): number {
    return this.#add(this.#fresh(entries));
  }

  size(handle: number): number {
    return this.#version(handle).size;
  }

  get(handle: number, key: MapKey): MapValue | undefined {
    const { history, length } = this.#version(handle);
    return history.get(key, length);
  }

  set(handle: number, key: MapKey, value: MapValue): number {
    const isNew = this.get(handle, key) === undefined;
    return this.#change(handle, { key, value, growth: isNew ? 1 : 0 });
  }

  /** Removes a key. Returns the same handle when the key does not exist. */
  remove(handle: number, key: MapKey): number {
    if (this.get(handle, key) === undefined) return handle;
    return this.#change(handle, { key, value: undefined, growth: -1 });
  }

  entries(handle: number): ReadonlyMap<MapKey, MapValue> {
    const { history, length } = this.#version(handle);
    this.#chargeCopy(length);
    return history.entries(length);
  }

  clear(): void {
    if (this.#versions.length > 0) this.#versions = [];
  }

  #change(handle: number, change: { key: MapKey; value: MapValue | undefined; growth: number }): number {
    const { history, length, size } = this.#writable(this.#version(handle));
    this.#charge(change.key);
    history.add(change.key, change.value);
    return this.#add({ history, length: length + 1, size: size + change.growth });
  }

  /** Returns the version when it is the newest of its history and most of the history is current; otherwise a copy. */
  #writable(version: MapVersion): MapVersion {
    const { history, length, size } = version;
    if (length === history.length && length <= size * 2 + 32) return version;
    this.#chargeCopy(length);
    return this.#fresh(history.entries(length));
  }

  #fresh(entries: Iterable<readonly [MapKey, MapValue]>): MapVersion {
    const history = new MapHistory();
    const kept = new Map(entries);
    for (const [key, value] of kept) {
      this.#charge(key);
      history.add(key, value);
    }
    return { history, length: kept.size, size: kept.size };
  }

  #charge(key: MapKey): void {
    const units = typeof key === 'string' ? key.length : 0;
    this.#budget.charge(BYTES_PER_ENTRY + units);
    this.#budget.hold(HELD_PER_CHANGE + 2 * units);
  }

  #chargeCopy(length: number): void {
    this.#budget.charge(length * BYTES_PER_ENTRY);
    this.#budget.need(length * HELD_PER_COPY);
  }

  #add(version: MapVersion): number {
    this.#budget.charge(BYTES_PER_ENTRY);
    return this.#versions.push(version);
  }

  #version(handle: number): MapVersion {
    const version = this.#versions[handle - 1];
    if (version === undefined) throw new AbiError(`the module used ${String(handle)} as a map, which it is not`);
    return version;
  }
}
