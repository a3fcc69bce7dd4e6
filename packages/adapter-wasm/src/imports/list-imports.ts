import type { ElementSize } from '../guest/guest-lists.ts';
import { AbiError } from '../guest/guest-error.ts';
import type { ImportGroup } from './host-import.ts';

function asStride(size: number): ElementSize {
  if (size !== 4 && size !== 8) throw new AbiError(`the module named ${String(size)} as the size of a list's elements`);
  return size;
}

/** An index out of range is a trap. The tail of an empty list is empty. */
export const LIST_IMPORTS: ImportGroup = {
  list_length:
    ({ lists }) =>
    (list: number) =>
      BigInt(lists.length(list)),
  list_get_i64:
    ({ lists, memory }) =>
    (list: number, index: bigint) =>
      memory.readI64(lists.slot(list, index, 8)),
  list_get_i32:
    ({ lists, memory }) =>
    (list: number, index: bigint) =>
      memory.readU32(lists.slot(list, index, 4)),
  list_head_i64:
    ({ lists, memory }) =>
    (list: number) =>
      memory.readI64(lists.slot(list, 0n, 8)),
  list_tail:
    ({ lists }) =>
    (list: number, size: number) =>
      lists.tail(list, asStride(size)),
  list_reverse:
    ({ lists }) =>
    (list: number, size: number) =>
      lists.reverse(list, asStride(size)),
  list_concat:
    ({ lists }) =>
    (left: number, right: number, size: number) =>
      lists.concat(left, right, asStride(size)),
  list_append_i64:
    ({ lists, memory }) =>
    (list: number, value: bigint) => {
      const { pointer, data } = lists.extend(list, 1, 8);
      memory.writeI64(data, value);
      return pointer;
    },
  list_append_i32:
    ({ lists, memory }) =>
    (list: number, value: number) => {
      const { pointer, data } = lists.extend(list, 1, 4);
      memory.writeU32(data, value);
      return pointer;
    },
  list_set_i64:
    ({ lists, memory }) =>
    (list: number, index: bigint, value: bigint) => {
      const { pointer, data } = lists.replace(list, index, 8);
      memory.writeI64(data, value);
      return pointer;
    },
  list_set_i32:
    ({ lists, memory }) =>
    (list: number, index: bigint, value: number) => {
      const { pointer, data } = lists.replace(list, index, 4);
      memory.writeU32(data, value);
      return pointer;
    },
};
