/** Builds valid and hostile test modules from a small part of the binary format. */

export type Core = 'i32' | 'i64' | 'f32' | 'f64';

export interface BuiltFunction {
  /** Export name. The function is not exported without one. */
  readonly name?: string;
  readonly params?: readonly Core[];
  readonly results?: readonly Core[];
  readonly locals?: readonly Core[];
  /** Instructions without the final `end`. */
  readonly body: readonly number[];
}

export interface BuiltImport {
  readonly module?: string;
  readonly name: string;
  readonly params?: readonly Core[];
  readonly results?: readonly Core[];
  /** Bytes of an import of another kind than a function: kind and description. */
  readonly raw?: readonly number[];
}

export interface BuiltModule {
  readonly functions?: readonly BuiltFunction[];
  readonly imports?: readonly BuiltImport[];
  /** `false` omits the memory; numbers are pages; bytes are the raw section content. */
  readonly memory?: false | { readonly min: number; readonly max?: number } | { readonly raw: readonly number[] };
  readonly table?: { readonly min: number; readonly max?: number };
  /** Type, 1 for mutable, initialiser. */
  readonly globals?: readonly (readonly number[])[];
  /** Index of a function, imports first. */
  readonly start?: number;
  /** Active segments: offset and bytes. */
  readonly data?: readonly (readonly [number, readonly number[]])[];
  readonly exportMemory?: boolean;
  /** More exports: name, kind, index. */
  readonly exports?: readonly (readonly [string, number, number])[];
  /** Raw types before those of the functions. */
  readonly rawTypes?: readonly (readonly number[])[];
}

const codes: Readonly<Record<Core, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c };

export function u32(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

/** Signed LEB128. */
export function signed(value: number | bigint): readonly number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const byte = Number(rest & 127n);
    rest >>= 7n;
    if ((rest === 0n && byte < 64) || (rest === -1n && byte >= 64)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

const vector = (items: readonly (readonly number[])[]): readonly number[] => [...u32(items.length), ...items.flat()];
const sized = (bytes: readonly number[]): readonly number[] => [...u32(bytes.length), ...bytes];
const text = (value: string): readonly number[] => sized([...new TextEncoder().encode(value)]);
const range = ({ min, max }: { readonly min: number; readonly max?: number }): readonly number[] =>
  max === undefined ? [0, ...u32(min)] : [1, ...u32(min), ...u32(max)];
const signature = ({ params = [], results = [] }: Omit<BuiltFunction, 'body'>): readonly number[] => [
  0x60,
  ...vector(params.map((type) => [codes[type]])),
  ...vector(results.map((type) => [codes[type]])),
];

export function buildModule(parts: BuiltModule): Uint8Array<ArrayBuffer> {
  const { functions = [], imports = [], rawTypes = [], globals = [], data = [], exports: more = [] } = parts;
  const memory = parts.memory ?? { min: 1, max: 16 };
  const signatures = [...rawTypes, ...imports.map(signature), ...functions.map(signature)];
  const first = rawTypes.length;
  const exported: (readonly number[])[] = functions.flatMap(({ name }, index) =>
    name === undefined ? [] : [[...text(name), 0, ...u32(imports.length + index)]],
  );
  if (memory !== false && parts.exportMemory !== false) exported.push([...text('memory'), 2, 0]);
  for (const [name, kind, index] of more) exported.push([...text(name), kind, ...u32(index)]);
  const sections: (readonly [number, readonly number[] | undefined])[] = [
    [1, vector(signatures)],
    [2, vector(imports.map((entry, index) => importBytes(entry, first + index)))],
    [3, vector(functions.map((_, index) => u32(first + imports.length + index)))],
    [4, parts.table === undefined ? undefined : vector([[0x70, ...range(parts.table)]])],
    [5, memory === false ? undefined : 'raw' in memory ? memory.raw : vector([range(memory)])],
    [6, globals.length === 0 ? undefined : vector(globals)],
    [7, vector(exported)],
    [8, parts.start === undefined ? undefined : u32(parts.start)],
    [10, vector(functions.map((entry) => sized(bodyOf(entry))))],
    [
      11,
      data.length === 0
        ? undefined
        : vector(data.map(([at, bytes]) => [0, 0x41, ...signed(at), 0x0b, ...sized(bytes)])),
    ],
  ];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from([
    ...header,
    ...sections.flatMap(([id, body]) => (body === undefined ? [] : [id, ...sized(body)])),
  ]);
}

const importBytes = ({ module = 'env', name, raw }: BuiltImport, type: number): readonly number[] => [
  ...text(module),
  ...text(name),
  ...(raw ?? [0, ...u32(type)]),
];

const bodyOf = ({ locals = [], body }: BuiltFunction): readonly number[] => [
  ...vector(locals.map((type) => [1, codes[type]])),
  ...body,
  0x0b,
];

/** Instructions. */
export const op = {
  get: (local: number): readonly number[] => [0x20, ...u32(local)],
  set: (local: number): readonly number[] => [0x21, ...u32(local)],
  i32: (value: number): readonly number[] => [0x41, ...signed(value)],
  i64: (value: number | bigint): readonly number[] => [0x42, ...signed(value)],
  call: (index: number): readonly number[] => [0x10, ...u32(index)],
  globalGet: (index: number): readonly number[] => [0x23, ...u32(index)],
  globalSet: (index: number): readonly number[] => [0x24, ...u32(index)],
  loop: (...body: readonly (readonly number[])[]): readonly number[] => [0x03, 0x40, ...body.flat(), 0x0c, 0, 0x0b],
  load64: [0x29, 3, 0],
  store64: [0x37, 3, 0],
  load32: [0x28, 2, 0],
  store32: [0x36, 2, 0],
  add64: [0x7c],
  mul64: [0x7e],
  div64: [0x7f],
  eqz64: [0x50],
  add32: [0x6a],
  drop: [0x1a],
  unreachable: [0x00],
  memorySize: [0x3f, 0],
  memoryGrow: [0x40, 0],
  memoryFill: [0xfc, 11, 0],
  tableGrow: [0xfc, 15, 0],
  tableSet: [0x26, 0],
  tableFill: [0xfc, 17, 0],
  refNull: [0xd0, 0x70],
} as const;

/** A function that adds two Int64. */
export const add: BuiltFunction = {
  name: 'add',
  params: ['i64', 'i64'],
  results: ['i64'],
  body: [...op.get(0), ...op.get(1), ...op.add64],
};

/** A function without parameters that returns a number. */
export const answers = (name: string, value: number | bigint): BuiltFunction => ({
  name,
  results: ['i64'],
  body: op.i64(value),
});

/** The memory at 0 counts the calls. */
export const counter: BuiltFunction = {
  name: 'count',
  results: ['i64'],
  body: [
    ...op.i32(0),
    ...op.i32(0),
    ...op.load64,
    ...op.i64(1),
    ...op.add64,
    ...op.store64,
    ...op.i32(0),
    ...op.load64,
  ],
};

export const spin: BuiltFunction = { name: 'spin', results: ['i64'], body: [...op.loop(), ...op.i64(0)] };
