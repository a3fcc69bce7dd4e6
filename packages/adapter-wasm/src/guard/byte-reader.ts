import { invalid } from './module-refusal.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const CONTINUES = 0x80;

/** Reads one range of a module, never beyond its end. @throws ModuleRefusal when a value does not fit. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  #offset: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.#offset = start;
    this.end = end;
  }

  get offset(): number {
    return this.#offset;
  }

  get done(): boolean {
    return this.#offset >= this.end;
  }

  byte(): number {
    const value = this.#offset < this.end ? this.bytes[this.#offset] : undefined;
    if (value === undefined) throw invalid('it ends in the middle');
    this.#offset += 1;
    return value;
  }

  /** Reads an unsigned LEB128 number of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let index = 0; index < 5; index += 1) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** (7 * index);
      if ((byte & CONTINUES) !== 0) continue;
      if (value > 0xffff_ffff) break;
      return value;
    }
    throw invalid('a number in it is too long');
  }

  /** Skips a signed or unsigned number of at most `longest` bytes. */
  skipNumber(longest: number): void {
    for (let index = 0; index < longest; index += 1) if ((this.byte() & CONTINUES) === 0) return;
    throw invalid('a number in it is too long');
  }

  skip(length: number): void {
    if (length > this.end - this.#offset) throw invalid('it ends in the middle');
    this.#offset += length;
  }

  /** Reads a count of items of at least one byte each, so that a count never exceeds the remaining bytes. */
  count(what: string, most: number): number {
    const count = this.u32();
    if (count > most) throw invalid(`it has ${String(count)} ${what}, the limit is ${String(most)}`);
    if (count > this.end - this.#offset) throw invalid('it ends in the middle');
    return count;
  }

  name(): string {
    const length = this.u32();
    const start = this.#offset;
    this.skip(length);
    try {
      return decoder.decode(this.bytes.subarray(start, start + length));
    } catch {
      throw invalid('a name in it is not UTF-8');
    }
  }

  /** Returns the next `length` bytes as a separate range. */
  part(length: number): ByteReader {
    const start = this.#offset;
    this.skip(length);
    return new ByteReader(this.bytes, start, start + length);
  }
}
