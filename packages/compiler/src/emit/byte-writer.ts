const UTF8 = new TextEncoder();

/** Growing byte buffer with the number encodings of WebAssembly. */
export class ByteWriter {
  #bytes = new Uint8Array(128);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length] = value;
    this.#length += 1;
    return this;
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Appends an integer from 0 to 2^32 - 1 as LEB128. */
  unsigned(value: number): this {
    let left = value;
    while (left > 0x7f) {
      this.byte((left & 0x7f) | 0x80);
      left = Math.floor(left / 0x80);
    }
    return this.byte(left);
  }

  /** Appends an integer of at most 64 bits as signed LEB128. */
  signed(value: bigint | number): this {
    let left = BigInt(value);
    while (left < -0x40n || left > 0x3fn) {
      this.byte(Number(left & 0x7fn) | 0x80);
      left >>= 7n;
    }
    return this.byte(Number(left & 0x7fn));
  }

  float64(value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.raw(bytes);
  }

  /** Appends a text as its length in bytes and its UTF-8. */
  name(text: string): this {
    return this.sized(UTF8.encode(text));
  }

  sized(bytes: Uint8Array): this {
    return this.unsigned(bytes.length).raw(bytes);
  }

  /** Returns a copy of the bytes from `start` to `end`. */
  bytes(start = 0, end = this.#length): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(start, end);
  }

  #reserve(more: number): void {
    const wanted = this.#length + more;
    if (wanted <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(wanted, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
