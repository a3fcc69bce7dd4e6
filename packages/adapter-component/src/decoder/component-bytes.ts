/** The reason why the bytes of a component are rejected. It contains no text of the component unless that was checked. */
export class ComponentRefusal extends Error {
  override readonly name = 'ComponentRefusal';
}

export const refuse = (reason: string): ComponentRefusal => new ComponentRefusal(reason);

/** Returns the name of an interface without its version: `wasi:io/poll` of `wasi:io/poll@0.2.0`. */
export const withoutVersion = (name: string): string => name.split('@', 1)[0] ?? name;

const MAX_NAME_BYTES = 512;
const MAGIC = [0, 0x61, 0x73, 0x6d];

/** Returns whether bytes begin with the preamble of a component: layer 1 of a WebAssembly binary. */
export const isComponent = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && MAGIC.every((byte, at) => bytes[at] === byte) && bytes[6] === 1 && bytes[7] === 0;

/** Reads a part of a component. Every method throws `ComponentRefusal` at the end of its part. */
export class ComponentBytes {
  offset: number;
  readonly end: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, offset = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.offset = offset;
    this.end = end;
  }

  get isDone(): boolean {
    return this.offset >= this.end;
  }

  /** Returns the next byte without consuming it. */
  peek(): number {
    if (this.isDone) throw refuse('it ends too early');
    return this.#bytes[this.offset] ?? 0;
  }

  byte(): number {
    const byte = this.peek();
    this.offset += 1;
    return byte;
  }

  u32(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw refuse('it has a number that is too long');
  }

  /** Returns a signed integer of 33 bits: the index of a type, or the code of a primitive type. */
  s33(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * 2 ** shift;
      if ((byte & 0x80) === 0) return (byte & 0x40) === 0 ? value : value - 2 ** (shift + 7);
    }
    throw refuse('it has a number that is too long');
  }

  /** Returns a name of printable ASCII characters without quotes and backslashes. */
  name(): string {
    const length = this.u32();
    if (length > MAX_NAME_BYTES) throw refuse(`a name of it has ${String(length)} bytes`);
    const part = this.part(length);
    let name = '';
    while (!part.isDone) {
      const code = part.byte();
      if (code <= 0x20 || code >= 0x7f || code === 0x22 || code === 0x27 || code === 0x5c || code === 0x60) {
        throw refuse('a name of it has a character that is not allowed');
      }
      name += String.fromCharCode(code);
    }
    return name;
  }

  /** Returns a part of this one and moves behind it. */
  part(length: number): ComponentBytes {
    if (length > this.end - this.offset) throw refuse('it ends too early');
    const part = new ComponentBytes(this.#bytes, this.offset, this.offset + length);
    this.offset += length;
    return part;
  }

  /** Reads a list. `max` bounds its length, together with the bytes that are left. */
  list<Item>(max: number, read: (index: number) => Item): Item[] {
    const count = this.u32();
    if (count > max || count > this.end - this.offset) throw refuse('one of its lists is too long');
    return Array.from({ length: count }, (_, index) => read(index));
  }

  /** Reads a value that may be absent. */
  optional<Value>(read: () => Value): Value | undefined {
    const flag = this.byte();
    if (flag > 1) throw refuse('it has an optional value with another flag than 0 and 1');
    return flag === 1 ? read() : undefined;
  }
}
