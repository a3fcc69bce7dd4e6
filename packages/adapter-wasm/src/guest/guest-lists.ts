import { AbiError, GuestTrap } from './guest-error.ts';
import type { GuestMemory } from './guest-memory.ts';

/** Bytes from one element to the next. */
export type ElementSize = 4 | 8;

/** The elements of a list. `buffer` is 0, or the growable buffer that contains them. */
export interface ListElements {
  readonly count: number;
  /** The address of the first element. */
  readonly data: number;
  readonly buffer: number;
}

const VIEW = 0x8000_0000;
const VIEW_SIZE = 12;
const BUFFER_HEADER = 8;
const MAX_PLAIN_LENGTH = 16;

/**
 * The lists of one instance. A list in memory is `[count][elements]`, as modules build it. A list of more than 16
 * elements that the host extends can be a view: `[count with the top bit set][address of the elements][buffer]`. Views
 * share elements, which never change. A buffer is `[end of its space][end of its elements][elements]`. An append to the
 * list that ends at the last element of its buffer continues in place; an append to any other list copies. Building a
 * list by appending therefore takes memory in proportion to its length, and no list changes.
 */
export class GuestLists {
  readonly #memory: GuestMemory;

  constructor(memory: GuestMemory) {
    this.#memory = memory;
  }

  length(pointer: number): number {
    return (this.#memory.readU32(pointer) & ~VIEW) >>> 0;
  }

  /** Reads a list. @throws AbiError when an element is outside the memory. */
  elements(pointer: number, stride: ElementSize): ListElements {
    const memory = this.#memory;
    const word = memory.readU32(pointer);
    const list =
      word < VIEW
        ? { count: word, data: (pointer >>> 0) + 4, buffer: 0 }
        : { count: word - VIEW, data: memory.readU32(pointer + 4), buffer: memory.readU32(pointer + 8) };
    memory.check(list.data, list.count * stride);
    return list;
  }

  /** Returns the address of an element. @throws GuestTrap when the index is out of range. */
  slot(pointer: number, index: bigint, stride: ElementSize): number {
    const { count, data } = this.elements(pointer, stride);
    if (index < 0n || index >= BigInt(count)) {
      throw new GuestTrap(`index ${String(index)} is out of range for a list of ${String(count)} elements`);
    }
    return data + Number(index) * stride;
  }

  /** Creates a list of `count` uninitialized elements and returns the address of the first one. */
  create(count: number, stride: ElementSize): { readonly pointer: number; readonly data: number } {
    const pointer = this.#memory.alloc(4 + count * stride);
    this.#memory.writeU32(pointer, count);
    return { pointer, data: pointer + 4 };
  }

  fromWords(words: readonly number[]): number {
    const { pointer, data } = this.create(words.length, 4);
    for (const [index, word] of words.entries()) this.#memory.writeU32(data + index * 4, word);
    return pointer;
  }

  /** Creates a list with `extra` uninitialized elements at its end and returns the address of the first of them. */
  extend(pointer: number, extra: number, stride: ElementSize): { readonly pointer: number; readonly data: number } {
    const list = this.elements(pointer, stride);
    const count = list.count + extra;
    const length = list.count * stride;
    if (count <= MAX_PLAIN_LENGTH) {
      const longer = this.create(count, stride);
      this.#memory.copy(longer.data, list.data, length);
      return { pointer: longer.pointer, data: longer.data + length };
    }
    const roomy = this.#claim(list, extra * stride, stride) ? list : this.#moved(list, extra, stride);
    return { pointer: this.#view({ ...roomy, count }), data: roomy.data + length };
  }

  concat(left: number, right: number, stride: ElementSize): number {
    const { count, data } = this.elements(right, stride);
    if (count === 0) return left;
    const joined = this.extend(left, count, stride);
    this.#memory.copy(joined.data, data, count * stride);
    return joined.pointer;
  }

  /** Returns the list without its first element; an empty list for an empty list. */
  tail(pointer: number, stride: ElementSize): number {
    const list = this.elements(pointer, stride);
    if (list.count === 0) return pointer;
    const rest = { count: list.count - 1, data: list.data + stride, buffer: list.buffer };
    return rest.count > MAX_PLAIN_LENGTH ? this.#view(rest) : this.#copied(rest, stride).pointer;
  }

  reverse(pointer: number, stride: ElementSize): number {
    const { count, data } = this.elements(pointer, stride);
    const reversed = this.create(count, stride);
    for (let index = 0; index < count; index += 1) {
      this.#memory.copy(reversed.data + (count - 1 - index) * stride, data + index * stride, stride);
    }
    return reversed.pointer;
  }

  /** Copies the list. The caller writes the element of the index at `data`. */
  replace(pointer: number, index: bigint, stride: ElementSize): { readonly pointer: number; readonly data: number } {
    this.slot(pointer, index, stride);
    const copy = this.#copied(this.elements(pointer, stride), stride);
    return { pointer: copy.pointer, data: copy.data + Number(index) * stride };
  }

  #copied(list: ListElements, stride: ElementSize): { readonly pointer: number; readonly data: number } {
    const copy = this.create(list.count, stride);
    this.#memory.copy(copy.data, list.data, list.count * stride);
    return copy;
  }

  /** Claims the bytes behind the list, if they are unclaimed and its buffer has space. */
  #claim({ count, data, buffer }: ListElements, bytes: number, stride: ElementSize): boolean {
    if (buffer === 0) return false;
    const end = data + count * stride;
    const space = this.#memory.readU32(buffer);
    if (this.#memory.readU32(buffer + 4) !== end || end + bytes > space) return false;
    this.#memory.writeU32(buffer + 4, end + bytes);
    return true;
  }

  /** Copies the list into a new buffer with `extra` claimed elements, and doubles the space if memory allows it. */
  #moved(list: ListElements, extra: number, stride: ElementSize): ListElements {
    const memory = this.#memory;
    const needed = (list.count + extra) * stride;
    const fits = BUFFER_HEADER + needed * 2 + VIEW_SIZE * 2 <= memory.available;
    const size = fits ? needed * 2 : needed;
    const buffer = memory.alloc(BUFFER_HEADER + size);
    const data = buffer + BUFFER_HEADER;
    memory.writeU32(buffer, data + size);
    memory.writeU32(buffer + 4, data + needed);
    memory.copy(data, list.data, list.count * stride);
    return { count: list.count, data, buffer };
  }

  #view({ count, data, buffer }: ListElements): number {
    if (count >= VIEW) throw new AbiError('the module made a list that no memory can hold');
    const pointer = this.#memory.alloc(VIEW_SIZE);
    this.#memory.writeU32(pointer, VIEW + count);
    this.#memory.writeU32(pointer + 4, data);
    this.#memory.writeU32(pointer + 8, buffer);
    return pointer;
  }
}
