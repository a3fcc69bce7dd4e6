import type { HostFunction } from './host-function.ts';
import type { GuestMemory } from './memory.ts';

/** Maps by handle, from 1. Keys are strings or numbers, values are their bits. */
export type MapTable = ReadonlyMap<string | bigint, number | bigint>[];

/** A simple implementation of the map functions: every change copies the map. */
export function mapFunctions(memory: GuestMemory, maps: MapTable): Record<string, HostFunction> {
  const at = (handle: number): ReadonlyMap<string | bigint, number | bigint> => maps[handle - 1] ?? missing(handle);
  const keep = (map: ReadonlyMap<string | bigint, number | bigint>): number => maps.push(map);
  const keyOf = (key: number | bigint): string | bigint => (typeof key === 'bigint' ? key : memory.text(key));
  const functions: Record<string, HostFunction> = {
    map_new: () => keep(new Map()),
    map_size: (map: number) => BigInt(at(map).size),
    map_keys_str: (map: number) =>
      putList(
        memory,
        [...at(map).keys()].map((key) => memory.putText(String(key))),
      ),
    map_keys_i64: (map: number) => putList(memory, [...at(map).keys()].map(BigInt)),
    map_values_i32: (map: number) => putList(memory, [...at(map).values()].map(Number)),
    map_values_i64: (map: number) => putList(memory, [...at(map).values()].map(BigInt)),
  };
  for (const key of ['str', 'i64']) {
    functions[`map_has_${key}`] = (map: number, k: number | bigint) => Number(at(map).has(keyOf(k)));
    functions[`map_remove_${key}`] = (map: number, k: number | bigint) =>
      keep(new Map([...at(map)].filter(([held]) => held !== keyOf(k))));
    for (const value of ['i32', 'i64']) {
      functions[`map_set_${key}_${value}`] = (map: number, k: number | bigint, v: number | bigint) =>
        keep(new Map([...at(map), [keyOf(k), v]]));
      functions[`map_get_${key}_${value}`] = (map: number, k: number | bigint) =>
        putOption(memory, at(map).get(keyOf(k)));
    }
  }
  return functions;
}

function missing(handle: number): never {
  throw new Error(`no map has the handle ${handle.toString()}`);
}

function putList(memory: GuestMemory, items: readonly (number | bigint)[]): number {
  const stride = typeof items[0] === 'bigint' ? 8 : 4;
  const address = memory.alloc(4 + stride * items.length);
  memory.view.setInt32(address, items.length, true);
  for (const [index, item] of items.entries()) put(memory, address + 4 + stride * index, item);
  return address;
}

function putOption(memory: GuestMemory, value: number | bigint | undefined): number {
  const address = memory.alloc(16);
  memory.view.setInt32(address, value === undefined ? 1 : 0, true);
  if (value !== undefined) put(memory, address + 8, value);
  return address;
}

function put(memory: GuestMemory, address: number, value: number | bigint): void {
  if (typeof value === 'bigint') memory.view.setBigInt64(address, value, true);
  else memory.view.setInt32(address, value, true);
}
