const UTF8 = new TextEncoder();
const PAGE = 65_536;

/** Memory of one module with a bump allocator. */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined;
  #next = 0;

  attach(memory: WebAssembly.Memory, heapBase: number): void {
    this.#memory = memory;
    this.#next = heapBase;
  }

  /** Created for each access, because growing the memory replaces the buffer. */
  get view(): DataView {
    return new DataView(this.#attached.buffer);
  }

  alloc(size: number): number {
    const address = this.#next;
    this.#next = Math.ceil((address + size) / 8) * 8;
    const missing = this.#next - this.#attached.buffer.byteLength;
    if (missing > 0) this.#attached.grow(Math.ceil(missing / PAGE));
    return address;
  }

  text(address: number): string {
    const length = this.view.getUint32(address, true);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      new Uint8Array(this.#attached.buffer, address + 4, length),
    );
  }

  putText(text: string): number {
    const bytes = UTF8.encode(text);
    const address = this.alloc(4 + bytes.length);
    this.view.setUint32(address, bytes.length, true);
    new Uint8Array(this.#attached.buffer).set(bytes, address + 4);
    return address;
  }

  bytes(address: number, length: number): Uint8Array {
    return new Uint8Array(this.#attached.buffer.slice(address, address + length));
  }

  putBytes(bytes: Uint8Array): number {
    const address = this.alloc(bytes.length);
    new Uint8Array(this.#attached.buffer).set(bytes, address);
    return address;
  }

  get #attached(): WebAssembly.Memory {
    if (this.#memory === undefined) throw new Error('no module is attached');
    return this.#memory;
  }
}
