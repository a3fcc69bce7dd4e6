import { AbiError, GuestLimit } from './guest-error.ts';

const PAGE = 65_536;
const LENGTH_WORD = 4;

const encoder = new TextEncoder();
// A text may begin with U+FEFF; a decoder drops it unless told otherwise.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export interface MemoryLimits {
  /** Of the whole linear memory, literals included. */
  readonly maxBytes: number;
}

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** In the length of a text: what follows is the address of its bytes. */
export const VIEW = 0x8000_0000;

/** A place in the heap to come back to. */
export interface HeapMark {
  readonly top: number;
}

/**
 * The linear memory of one instance and the heap in it, which only grows until it is restored. Pointers come from the
 * module: every access is checked against the memory, and one outside is an `AbiError`. Pointers are unsigned; the
 * negative numbers that WebAssembly passes for the upper half are taken as such.
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #base: number;
  readonly #maxBytes: number;
  #top: number;
  #highWater: number;
  #view: DataView<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;

  /** `heapBase` is the module's `__heap_base`; the heap starts at the next multiple of 8. */
  constructor(memory: WebAssembly.Memory, heapBase: number, { maxBytes }: MemoryLimits) {
    this.#memory = memory;
    this.#base = alignUp(heapBase >>> 0);
    this.#maxBytes = maxBytes;
    this.#top = this.#base;
    this.#highWater = this.#base;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  get heapBase(): number {
    return this.#base;
  }

  /** The first byte that is not allocated; a multiple of 8. */
  get heapTop(): number {
    return this.#top;
  }

  /** The highest `heapTop` since the heap was reset: nothing above it was ever handed out. */
  get highWater(): number {
    return this.#highWater;
  }

  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Bytes that can still be allocated. */
  get available(): number {
    return Math.max(0, this.#maxBytes - this.#top);
  }

  /** Memory that is 8-aligned and not cleared. Over the cap it is a `GuestLimit`. */
  alloc(size: number): number {
    const pointer = this.#top;
    const top = alignUp(pointer + (size >>> 0));
    if (size > 0xffff_ffff || top > this.#maxBytes) throw this.#overLimit();
    if (top > this.#bytes.length) this.#grow(top);
    this.#top = top;
    if (top > this.#highWater) this.#highWater = top;
    return pointer;
  }

  mark(): HeapMark {
    return { top: this.#top };
  }

  /** Frees what was allocated after the mark. A mark that is none is an `AbiError`. */
  restore({ top }: HeapMark): void {
    if (!Number.isInteger(top) || top % 8 !== 0 || top < this.#base || top > this.#top) {
      throw new AbiError('the module restored the heap to a place that it never marked');
    }
    this.#top = top;
  }

  /** An empty heap, and a high-water mark that starts again. */
  reset(): void {
    this.#top = this.#base;
    this.#highWater = this.#base;
  }

  /** Refuses a range that does not lie inside the memory. Both numbers are unsigned. */
  check(pointer: number, length: number): void {
    const end = pointer + length;
    if (end <= this.#bytes.length && this.#bytes.length > 0) return;
    this.#refresh();
    if (end > this.#bytes.length) {
      throw new AbiError(`the module pointed outside its memory (at ${String(pointer)}, ${String(length)} bytes)`);
    }
  }

  readU32(pointer: number): number {
    return this.#viewFor(pointer >>> 0, 4).getUint32(pointer >>> 0, true);
  }

  readI64(pointer: number): bigint {
    return this.#viewFor(pointer >>> 0, 8).getBigInt64(pointer >>> 0, true);
  }

  readF64(pointer: number): number {
    return this.#viewFor(pointer >>> 0, 8).getFloat64(pointer >>> 0, true);
  }

  /** Takes a word as signed or unsigned. */
  writeU32(pointer: number, value: number): void {
    this.#viewFor(pointer >>> 0, 4).setUint32(pointer >>> 0, value, true);
  }

  writeI64(pointer: number, value: bigint): void {
    this.#viewFor(pointer >>> 0, 8).setBigInt64(pointer >>> 0, value, true);
  }

  writeF64(pointer: number, value: number): void {
    this.#viewFor(pointer >>> 0, 8).setFloat64(pointer >>> 0, value, true);
  }

  /** Copies inside the memory; the two ranges may overlap. */
  copy(target: number, source: number, length: number): void {
    this.check(source >>> 0, length);
    this.check(target >>> 0, length);
    this.#bytes.copyWithin(target >>> 0, source >>> 0, (source >>> 0) + length);
  }

  fill(pointer: number, length: number, value: number): void {
    this.check(pointer >>> 0, length);
    this.#bytes.fill(value, pointer >>> 0, (pointer >>> 0) + length);
  }

  /** A window on the memory: good until the next allocation. */
  window(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    this.check(pointer >>> 0, length);
    return this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + length);
  }

  /** The length in bytes of the String or Bytes at the pointer, which lies inside the memory. */
  lengthOf(pointer: number): number {
    return this.contentOf(pointer).length;
  }

  /** Where the bytes of a String or Bytes lie: behind its length, or where a view says. */
  contentOf(pointer: number): ByteRange {
    const word = this.readU32(pointer);
    const range =
      word < VIEW
        ? { start: (pointer >>> 0) + LENGTH_WORD, length: word }
        : { start: this.readU32((pointer >>> 0) + LENGTH_WORD), length: word - VIEW };
    this.check(range.start, range.length);
    return range;
  }

  /** A window on the bytes of a String or Bytes: good until the next allocation. */
  bytesAt(pointer: number): Uint8Array<ArrayBuffer> {
    const { start, length } = this.contentOf(pointer);
    return this.window(start, length);
  }

  /** What is not UTF-8 becomes U+FFFD. */
  readString(pointer: number): string {
    return decoder.decode(this.bytesAt(pointer));
  }

  /** Lone surrogates become U+FFFD. */
  writeString(text: string): number {
    // At least one byte for each code unit but the second half of a pair, which comes with four.
    if (text.length > this.available) throw this.#overLimit();
    return this.writeBytes(encoder.encode(text));
  }

  writeBytes(bytes: Uint8Array): number {
    const pointer = this.allocBytes(bytes.length);
    this.#bytes.set(bytes, pointer + LENGTH_WORD);
    return pointer;
  }

  /** A String or Bytes of the given length whose content is not written yet. */
  allocBytes(length: number): number {
    if (length > this.available || length >= VIEW) throw this.#overLimit();
    const pointer = this.alloc(LENGTH_WORD + length);
    this.writeU32(pointer, length);
    return pointer;
  }

  #viewFor(pointer: number, length: number): DataView {
    this.check(pointer, length);
    return this.#view;
  }

  /** Whoever grows the memory, host or module, leaves arrays over the old one with no length. */
  #refresh(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }

  #grow(top: number): void {
    try {
      // The module may have grown it itself.
      if (top > this.byteLength) this.#memory.grow(Math.ceil((top - this.byteLength) / PAGE));
    } catch {
      // The module's own maximum is lower than the limit.
      throw this.#overLimit();
    }
    this.#refresh();
  }

  #overLimit(): GuestLimit {
    return new GuestLimit(`the function needs more than ${String(this.#maxBytes)} bytes of memory`);
  }
}

const alignUp = (address: number): number => Math.ceil(address / 8) * 8;
