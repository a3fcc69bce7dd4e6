import { GiveUp, items, text, Trap } from './interpreted-operations.ts';
import { option, type Interpreted } from './interpreted-value.ts';

type Items = readonly Interpreted[];
type Entries = ReadonlyMap<string | bigint, Interpreted>;
type Builtin = (...values: never[]) => Interpreted;

const clamp = (value: bigint, most: number): number =>
  Number(value < 0n ? 0n : value > BigInt(most) ? BigInt(most) : value);

function part(whole: string, start: bigint, length: bigint): string {
  const from = clamp(start, whole.length);
  return text(whole.slice(from, Math.max(from, clamp(start + length, whole.length))));
}

function at(list: Items, index: bigint): number {
  if (index < 0n || index >= BigInt(list.length)) throw new Trap('index');
  return Number(index);
}

function readInt(whole: string): bigint | undefined {
  const trimmed = whole.trim();
  if (!/^-?\d+$/.test(trimmed)) return undefined;
  const value = BigInt(trimmed);
  return value === BigInt.asIntN(64, value) ? value : undefined;
}

const set = (map: Entries, key: string | bigint, value: Interpreted): Entries => new Map([...map, [key, value]]);
const remove = (map: Entries, key: string | bigint): Entries => new Map([...map].filter(([held]) => held !== key));

function toInt(value: number): bigint {
  if (!Number.isFinite(value)) throw new Trap('float_to_int');
  const whole = BigInt(Math.trunc(value));
  if (whole !== BigInt.asIntN(64, whole)) throw new Trap('float_to_int');
  return whole;
}

const TABLE: Readonly<Record<string, Builtin>> = {
  string_length: (value: string) => BigInt(value.length),
  substring: part,
  char_at: (value: string, index: bigint) => part(value, index, 1n),
  contains: (value: string, search: string) => value.includes(search),
  string_starts_with: (value: string, search: string) => value.startsWith(search),
  index_of: (value: string, search: string) => BigInt(value.indexOf(search)),
  trim: (value: string) => value.trim(),
  to_uppercase: (value: string) => text(value.toUpperCase()),
  split: (value: string, separator: string) => items(value.split(separator).map(text)),
  chars: (value: string) => items(Array.from(value)),
  string_replace: (value: string, search: string, put: string) =>
    search === '' ? value : text(value.split(search).join(put)),
  pad_left: (value: string, length: bigint, fill: string) => {
    if (length > 20_000n) throw new GiveUp();
    return text(value.padStart(Number(length), fill));
  },
  int_to_string: (value: bigint) => value.toString(),
  float_to_string: (value: number) => String(value),
  string_to_int: (value: string) => option(readInt(value)),
  int_to_float: (value: bigint) => Number(value),
  float_to_int: toInt,
  abs_int: (value: bigint) => BigInt.asIntN(64, value < 0n ? -value : value),
  min_int: (left: bigint, right: bigint) => (left < right ? left : right),
  max_int: (left: bigint, right: bigint) => (left < right ? right : left),
  int_clamp: (value: bigint, least: bigint, most: bigint) => {
    const lower = value < most ? value : most;
    return lower > least ? lower : least;
  },
  sqrt: (value: number) => Math.sqrt(value),
  floor: (value: number) => Math.floor(value),
  length: (list: Items) => BigInt(list.length),
  is_empty: (list: Items) => list.length === 0,
  head: (list: Items) => list[at(list, 0n)],
  nth: (list: Items, index: bigint) => list[at(list, index)],
  append: (list: Items, value: Interpreted) => items([...list, value]),
  list_set: (list: Items, index: bigint, value: Interpreted) => list.with(at(list, index), value),
  tail: (list: Items) => list.slice(1),
  reverse: (list: Items) => list.toReversed(),
  concat: (left: Items, right: Items) => items([...left, ...right]),
  map_new: () => new Map(),
  map_size: (map: Entries) => BigInt(map.size),
  map_has: (map: Entries, key: string | bigint) => map.has(key),
  map_get: (map: Entries, key: string | bigint) => option(map.get(key)),
  map_set: set,
  map_remove: remove,
  map_keys: (map: Entries) => [...map.keys()],
  map_values: (map: Entries) => [...map.values()],
};

/** Computes the result of a builtin and appends its output to the log. */
export function builtinResult(name: string, values: Items, log: string[]): Interpreted {
  if (name === 'print_int') {
    if (log.length >= 400) throw new GiveUp();
    log.push((values[0] as bigint).toString());
    return undefined;
  }
  const builtin = TABLE[name];
  if (builtin === undefined) throw new Error(`the interpreter has no ${name}`);
  return builtin(...(values as never[]));
}
