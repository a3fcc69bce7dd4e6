const TYPES = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7c, 'f64'],
]);

/** Reads the elements of the WebAssembly binary format. */
export class WasmReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  sized(): Uint8Array {
    const size = this.unsigned();
    this.#at += size;
    return this.#bytes.slice(this.#at - size, this.#at);
  }

  many<T>(read: () => T): readonly T[] {
    return Array.from({ length: this.unsigned() }, read);
  }
}

export function sectionsOf(wasm: Uint8Array): readonly { readonly id: number; readonly body: Uint8Array }[] {
  const reader = new WasmReader(wasm, 8);
  const sections: { id: number; body: Uint8Array }[] = [];
  while (!reader.atEnd) sections.push({ id: reader.unsigned(), body: reader.sized() });
  return sections;
}

/** Returns the imported functions in the form `name: i32,i64->f64`. */
export function importsOf(wasm: Uint8Array): readonly string[] {
  const body = (id: number): WasmReader =>
    new WasmReader(sectionsOf(wasm).find((section) => section.id === id)?.body ?? Uint8Array.of(0));
  const types = body(1);
  const names = (): string => types.many(() => TYPES.get(types.unsigned()) ?? '?').join();
  const signatures = types.many(() => {
    types.unsigned();
    return `${names()}->${names()}`;
  });
  const imports = body(2);
  const text = (): string => new TextDecoder().decode(imports.sized());
  return imports.many(() => {
    text();
    const name = text();
    imports.unsigned();
    return `${name}: ${signatures[imports.unsigned()] ?? '?'}`;
  });
}
