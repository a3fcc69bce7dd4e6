import { alignUp } from '../types/layout.ts';
import { ByteWriter } from './byte-writer.ts';

const UTF8 = new TextEncoder();
/** Address 0 is unused, so that a pointer is never 0. */
const FIRST_ADDRESS = 16;
/** Lowest start address of the heap. */
const MIN_HEAP_BASE = 1024;

/** Static data of a module. Equal values share their bytes; each starts at a multiple of 4. */
export class Literals {
  readonly #bytes = new ByteWriter();
  readonly #strings = new Map<string, number>();
  readonly #closures = new Map<number, number>();
  readonly #tags = new Map<string, number>();

  /** Returns the address of a string: its length in bytes, then its UTF-8. */
  string(text: string): number {
    const known = this.#strings.get(text);
    if (known !== undefined) return known;
    const utf8 = UTF8.encode(text);
    const address = this.#add(new ByteWriter().raw(word(utf8.length)).raw(utf8).bytes());
    this.#strings.set(text, address);
    return address;
  }

  /** Returns the address of a variant without fields. `size` is the size of the values of its union in bytes. */
  variant(tag: number, size: number): number {
    const key = `${tag.toString()}:${size.toString()}`;
    const known = this.#tags.get(key);
    if (known !== undefined) return known;
    const value = new Uint8Array(size);
    value.set(word(tag));
    const address = this.#add(value);
    this.#tags.set(key, address);
    return address;
  }

  /** Returns the address of a function value without captures: its table index, then 0. */
  closure(index: number): number {
    const known = this.#closures.get(index);
    if (known !== undefined) return known;
    const address = this.#add(new ByteWriter().raw(word(index)).raw(word(0)).bytes());
    this.#closures.set(index, address);
    return address;
  }

  /** Initial memory from `address` on; empty without static data. */
  get data(): { readonly address: number; readonly bytes: Uint8Array } {
    return { address: FIRST_ADDRESS, bytes: this.#bytes.bytes() };
  }

  /** Start address of the heap, a multiple of 8. */
  get heapBase(): number {
    return Math.max(MIN_HEAP_BASE, alignUp(FIRST_ADDRESS + this.#bytes.length, 8));
  }

  #add(bytes: Uint8Array): number {
    while (this.#bytes.length % 4 !== 0) this.#bytes.byte(0);
    const address = FIRST_ADDRESS + this.#bytes.length;
    this.#bytes.raw(bytes);
    return address;
  }
}

function word(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}
