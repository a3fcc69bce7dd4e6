import type { HostFunction } from './host-function.ts';
import { mapFunctions, type MapTable } from './host-maps.ts';
import { timeFunctions } from './host-times.ts';
import type { GuestMemory } from './memory.ts';

/** A simple implementation of the host functions for tests. `log` collects the output. */
export function hostFunctions(
  memory: GuestMemory,
  log: string[],
  maps: MapTable,
): Readonly<Record<string, HostFunction>> {
  return {
    __alloc: (size: number) => memory.alloc(size),
    ...texts(memory),
    ...numbers(memory),
    ...lists(memory),
    ...mapFunctions(memory, maps),
    ...timeFunctions(memory),
    ...effects(memory, log),
  };
}

function texts(memory: GuestMemory): Record<string, HostFunction> {
  const text = (address: number): string => memory.text(address);
  return {
    string_concat: (a: number, b: number) => memory.putText(text(a) + text(b)),
    string_eq: (a: number, b: number) => Number(text(a) === text(b)),
    string_length: (a: number) => BigInt(text(a).length),
    substring: (a: number, start: bigint, length: bigint) =>
      memory.putText(text(a).slice(Number(start), Number(start + length))),
    char_at: (a: number, index: bigint) => memory.putText(text(a).charAt(Number(index))),
    to_uppercase: (a: number) => memory.putText(text(a).toUpperCase()),
    split: (a: number, separator: number) =>
      putWords(
        memory,
        text(a)
          .split(text(separator))
          .map((part) => memory.putText(part)),
      ),
  };
}

function numbers(memory: GuestMemory): Record<string, HostFunction> {
  const option = (value: bigint | undefined): number => {
    const address = memory.alloc(16);
    memory.view.setInt32(address, value === undefined ? 1 : 0, true);
    memory.view.setBigInt64(address + 8, value ?? 0n, true);
    return address;
  };
  return {
    int_to_string: (value: bigint) => memory.putText(value.toString()),
    float_to_string: (value: number) => memory.putText(value.toString()),
    int_to_float: (value: bigint) => Number(value),
    float_to_int: (value: number) => BigInt(Math.trunc(value)),
    string_to_int: (a: number) => {
      const text = memory.text(a).trim();
      return option(/^-?\d+$/.test(text) ? BigInt(text) : undefined);
    },
    abs_int: (value: bigint) => (value < 0n ? -value : value),
    sqrt: (value: number) => Math.sqrt(value),
    f64_rem: (a: number, b: number) => a % b,
  };
}

function putWords(memory: GuestMemory, words: readonly number[]): number {
  const address = memory.alloc(4 + 4 * words.length);
  memory.view.setInt32(address, words.length, true);
  for (const [index, word] of words.entries()) memory.view.setInt32(address + 4 + 4 * index, word, true);
  return address;
}

function lists(memory: GuestMemory): Record<string, HostFunction> {
  const count = (list: number): number => memory.view.getInt32(list, true);
  const place = (list: number, index: bigint, stride: number): number => {
    if (index < 0n || index >= BigInt(count(list))) {
      throw new RangeError(`index ${index.toString()} of a list of ${count(list).toString()}`);
    }
    return list + 4 + stride * Number(index);
  };
  const slices = (list: number, stride: number): readonly Uint8Array[] =>
    Array.from({ length: count(list) }, (_, index) => memory.bytes(list + 4 + index * stride, stride));
  const build = (elements: readonly Uint8Array[]): number => {
    const head = new Uint8Array(4);
    new DataView(head.buffer).setInt32(0, elements.length, true);
    return memory.putBytes(Buffer.concat([head, ...elements]));
  };
  const wide = (value: bigint): Uint8Array => new Uint8Array(BigInt64Array.of(value).buffer);
  const narrow = (value: number): Uint8Array => new Uint8Array(Int32Array.of(value).buffer);
  const replaced = (list: number, index: bigint, value: Uint8Array): number => {
    place(list, index, value.length);
    return build(slices(list, value.length).with(Number(index), value));
  };
  return {
    list_length: (list: number) => BigInt(count(list)),
    list_get_i64: (list: number, index: bigint) => memory.view.getBigInt64(place(list, index, 8), true),
    list_get_i32: (list: number, index: bigint) => memory.view.getInt32(place(list, index, 4), true),
    list_append_i64: (list: number, value: bigint) => build([...slices(list, 8), wide(value)]),
    list_append_i32: (list: number, value: number) => build([...slices(list, 4), narrow(value)]),
    list_set_i64: (list: number, index: bigint, value: bigint) => replaced(list, index, wide(value)),
    list_set_i32: (list: number, index: bigint, value: number) => replaced(list, index, narrow(value)),
    list_tail: (list: number, stride: number) => build(slices(list, stride).slice(1)),
    list_reverse: (list: number, stride: number) => build(slices(list, stride).toReversed()),
    list_concat: (a: number, b: number, stride: number) => build([...slices(a, stride), ...slices(b, stride)]),
  };
}

function effects(memory: GuestMemory, log: string[]): Record<string, HostFunction> {
  const say = (line: string): number => log.push(line);
  return {
    print_string: (a: number) => say(memory.text(a)),
    print_int: (value: bigint) => say(value.toString()),
    assert_eq: (actual: bigint, expected: bigint) => say(`assert ${actual.toString()} ${expected.toString()}`),
    assert_true: (condition: number) => say(`assert ${condition.toString()}`),
  };
}
