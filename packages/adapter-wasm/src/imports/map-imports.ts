import { writeOption, writeTextList } from './guest-results.ts';
import { toBool, type ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';
import type { MapKey, MapValue } from '../guest/map-history.ts';

type ReadKey<Key> = (host: GuestContext, key: Key) => MapKey;

const textKey: ReadKey<number> = ({ texts }, key) => texts.read(key);
const wordKey: ReadKey<bigint> = (_, key) => key;

/** Converts a stored value to the type of the function, independent of the function that stored it. */
const narrow = (value: MapValue): number => (typeof value === 'bigint' ? Number(BigInt.asIntN(32, value)) : value);
const wide = (value: MapValue): bigint => BigInt(value);

const has =
  <Key>(read: ReadKey<Key>) =>
  (host: GuestContext) =>
  (map: number, key: Key) =>
    toBool(host.maps.get(map, read(host, key)) !== undefined);

const get =
  <Key>(read: ReadKey<Key>, as: (value: MapValue) => MapValue) =>
  (host: GuestContext) =>
  (map: number, key: Key) => {
    const value = host.maps.get(map, read(host, key));
    return writeOption(host, value === undefined ? undefined : as(value));
  };

const set =
  <Key>(read: ReadKey<Key>) =>
  (host: GuestContext) =>
  (map: number, key: Key, value: MapValue) =>
    host.maps.set(map, read(host, key), value);

const remove =
  <Key>(read: ReadKey<Key>) =>
  (host: GuestContext) =>
  (map: number, key: Key) =>
    host.maps.remove(map, read(host, key));

function writeWideList({ lists, memory }: GuestContext, words: readonly bigint[]): number {
  const { pointer, data } = lists.create(words.length, 8);
  for (const [index, word] of words.entries()) memory.writeI64(data + index * 8, word);
  return pointer;
}

/** `get` returns an Option. Keys and values are in the order in which the keys were first set. */
export const MAP_IMPORTS: ImportGroup = {
  map_new:
    ({ maps }) =>
    () =>
      maps.create(),
  map_size:
    ({ maps }) =>
    (map: number) =>
      BigInt(maps.size(map)),
  map_has_str: has(textKey),
  map_has_i64: has(wordKey),
  map_get_str_i32: get(textKey, narrow),
  map_get_str_i64: get(textKey, wide),
  map_get_i64_i32: get(wordKey, narrow),
  map_get_i64_i64: get(wordKey, wide),
  map_set_str_i32: set(textKey),
  map_set_str_i64: set(textKey),
  map_set_i64_i32: set(wordKey),
  map_set_i64_i64: set(wordKey),
  map_remove_str: remove(textKey),
  map_remove_i64: remove(wordKey),
  map_keys_str: (host) => (map: number) => writeTextList(host, Array.from(host.maps.entries(map).keys(), String)),
  map_keys_i64: (host) => (map: number) => writeWideList(host, integers(host.maps.entries(map).keys())),
  map_values_i32: (host) => (map: number) => host.lists.fromWords(Array.from(host.maps.entries(map).values(), narrow)),
  map_values_i64: (host) => (map: number) => writeWideList(host, Array.from(host.maps.entries(map).values(), wide)),
};

/** A map with text keys has no integer keys. */
const integers = (keys: Iterable<MapKey>): bigint[] => Array.from(keys, (key) => (typeof key === 'bigint' ? key : 0n));
