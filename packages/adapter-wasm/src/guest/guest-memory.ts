import { AbiError, GuestLimit } from './guest-error.ts';

const PAGE = 65_536;
const LENGTH_WORD = 4;

const encoder = new TextEncoder();
// A text may begin with U+FEFF, which a decoder drops by default.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export interface MemoryLimits {
  /** Maximum size of the linear memory in bytes, literals included. */
  readonly maxBytes: number;
}

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** Bit in the length of a text: the next word is the address of its bytes. */
export const VIEW = 0x8000_0000;

/** A position of the heap that can be restored. */
export interface HeapMark {
  readonly top: number;
}

/**
 * The linear memory of one instance with its heap, which only grows until it is restored. The module supplies the
 * pointers, so every access is checked. @throws AbiError for an access outside the memory. Pointers are unsigned: the
 * negative numbers that WebAssembly passes for the upper half are converted.
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #base: number;
  readonly #maxBytes: number;
  #top: number;
  #highWater: number;
  #view: DataView<ArrayBuffer>;
  #bytes: Uint8Array<ArrayBuffer>;

  /** `heapBase` is the module's `__heap_base`. The heap starts at the next multiple of 8. */
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

  /** The first unallocated byte, a multiple of 8. */
  get heapTop(): number {
    return this.#top;
  }

  /** The highest `heapTop` since the last reset of the heap. Bytes above it were never allocated. */
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

  /** Allocates uninitialized memory, aligned to 8 bytes. @throws GuestLimit above the cap. */
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

  /** Frees all memory that was allocated after the mark. @throws AbiError for an invalid mark. */
  restore({ top }: HeapMark): void {
    if (!Number.isInteger(top) || top % 8 !== 0 || top < this.#base || top > this.#top) {
      throw new AbiError('the module restored the heap to a place that it never marked');
    }
    this.#top = top;
  }

  /** Empties the heap and resets the high-water mark. */
  reset(): void {
    this.#top = this.#base;
    this.#highWater = this.#base;
  }

  /** Rejects a range outside the memory. Both numbers are unsigned. */
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

  /** Writes a signed or unsigned word. */
  writeU32(pointer: number, value: number): void {
    this.#viewFor(pointer >>> 0, 4).setUint32(pointer >>> 0, value, true);
  }

  writeI64(pointer: number, value: bigint): void {
    this.#viewFor(pointer >>> 0, 8).setBigInt64(pointer >>> 0, value, true);
  }

  writeF64(pointer: number, value: number): void {
    this.#viewFor(pointer >>> 0, 8).setFloat64(pointer >>> 0, value, true);
  }

  /** Copies within the memory. The two ranges may overlap. */
  copy(target: number, source: number, length: number): void {
    this.check(source >>> 0, length);
    this.check(target >>> 0, length);
    this.#bytes.copyWithin(target >>> 0, source >>> 0, (source >>> 0) + length);
  }

  fill(pointer: number, length: number, value: number): void {
    this.check(pointer >>> 0, length);
    this.#bytes.fill(value, pointer >>> 0, (pointer >>> 0) + length);
  }

  /** Returns a view of the memory that is valid until the next allocation. */
  window(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    this.check(pointer >>> 0, length);
    return this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + length);
  }

  /** Returns the length in bytes of the String or Bytes at the pointer, which is inside the memory. */
  lengthOf(pointer: number): number {
    return this.contentOf(pointer).length;
  }

  /** Returns the address of the bytes of a String or Bytes: behind its length, or the address in a view. */
  contentOf(pointer: number): ByteRange {
    const word = this.readU32(pointer);
    const range =
      word < VIEW
        ? { start: (pointer >>> 0) + LENGTH_WORD, length: word }
        : { start: this.readU32((pointer >>> 0) + LENGTH_WORD), length: word - VIEW };
    this.check(range.start, range.length);
    return range;
  }

  /** Returns a view of the bytes of a String or Bytes that is valid until the next allocation. */
  bytesAt(pointer: number): Uint8Array<ArrayBuffer> {
    const { start, length } = this.contentOf(pointer);
    return this.window(start, length);
  }

  /** Decodes a String. Bytes that are not UTF-8 become U+FFFD. */
  readString(pointer: number): string {
    return decoder.decode(this.bytesAt(pointer));
  }

  /** Encodes a String. Lone surrogates become U+FFFD. */
  writeString(text: string): number {
    // A code unit takes at least one byte, except the second half of a pair; the pair takes four.
    if (text.length > this.available) throw this.#overLimit();
    return this.writeBytes(encoder.encode(text));
  }

  writeBytes(bytes: Uint8Array): number {
    const pointer = this.allocBytes(bytes.length);
    this.#bytes.set(bytes, pointer + LENGTH_WORD);
    return pointer;
  }

  /** Allocates a String or Bytes of the given length with uninitialized content. */
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

  /** The buffer of the memory. A growth by host or module detaches earlier arrays, which then have length 0. */
  #refresh(): void {
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }

  /** Doubles the memory up to the cap: each growth copies it. */
  #grow(top: number): void {
    // The module can grow the memory, too.
    const missing = Math.ceil((top - this.byteLength) / PAGE);
    const room = Math.floor((this.#maxBytes - this.byteLength) / PAGE);
    const doubled = Math.min(this.byteLength / PAGE, room);
    if (missing > 0 && !(doubled > missing && this.#growBy(doubled)) && !this.#growBy(missing)) throw this.#overLimit();
    this.#refresh();
  }

  /** Returns false when the maximum of the module is lower, or the machine has no memory left. */
  #growBy(pages: number): boolean {
    try {
      this.#memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  #overLimit(): GuestLimit {
    return new GuestLimit(
      `the function needs more than ${String(this.#maxBytes)} bytes of memory, which is spec.origin.maxMemoryBytes`,
    );
  }
}

const alignUp = (address: number): number => Math.ceil(address / 8) * 8;
