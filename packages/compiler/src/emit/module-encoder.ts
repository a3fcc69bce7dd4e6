import { ByteWriter } from './byte-writer.ts';
import type { Callee } from './function-code.ts';
import type { ModuleBuilder } from './module-builder.ts';
import { OP, VALUE_TYPE } from './opcodes.ts';

const MAGIC_AND_VERSION = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const SECTION = {
  ...{ type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6 },
  ...{ export: 7, element: 9, code: 10, data: 11 },
} as const;
const EXTERNAL = { function: 0, memory: 2, global: 3 } as const;
const FUNCTION_REFERENCE = 0x70;
const IMMUTABLE = 0;
const WITH_MAXIMUM = 1;
const PAGE = 65_536;
/** 1 GiB, the maximum memory of a service; the host lowers it to the limit of the service. */
const MAX_PAGES = 16_384;

/** Encodes a module. `exported` contains the exported functions by name. */
export function encodeModule(builder: ModuleBuilder, exported: ReadonlyMap<string, Callee>): Uint8Array<ArrayBuffer> {
  const { imports, functions, literals, table, types } = builder;
  const indexOf = ({ kind, ordinal }: Callee): number => (kind === 'host' ? ordinal : imports.length + ordinal);
  const importTypes = imports.map(({ signature }) => types.index(signature));
  const functionTypes = functions.map(({ code }) => types.index(code.signature));
  const module = new ByteWriter().raw(MAGIC_AND_VERSION);
  const section = (id: number, entries: readonly Uint8Array[]): void => {
    if (entries.length === 0) return;
    const body = new ByteWriter().unsigned(entries.length);
    for (const entry of entries) body.raw(entry);
    module.byte(id).sized(body.bytes());
  };

  section(SECTION.type, types.entries);
  section(
    SECTION.import,
    imports.map(({ name }, index) =>
      new ByteWriter()
        .name('env')
        .name(name)
        .byte(EXTERNAL.function)
        .unsigned(importTypes[index] ?? 0)
        .bytes(),
    ),
  );
  section(
    SECTION.function,
    functionTypes.map((type) => new ByteWriter().unsigned(type).bytes()),
  );
  if (table.length > 0 || builder.callsValues) {
    const size = table.length;
    section(SECTION.table, [
      new ByteWriter().byte(FUNCTION_REFERENCE).byte(WITH_MAXIMUM).unsigned(size).unsigned(size).bytes(),
    ]);
  }
  const pages = Math.max(1, Math.ceil(literals.heapBase / PAGE));
  section(SECTION.memory, [new ByteWriter().byte(WITH_MAXIMUM).unsigned(pages).unsigned(MAX_PAGES).bytes()]);
  section(SECTION.global, [
    new ByteWriter().byte(VALUE_TYPE.i32).byte(IMMUTABLE).raw(constant(literals.heapBase)).bytes(),
  ]);
  section(SECTION.export, [
    new ByteWriter().name('memory').byte(EXTERNAL.memory).unsigned(0).bytes(),
    new ByteWriter().name('__heap_base').byte(EXTERNAL.global).unsigned(0).bytes(),
    ...[...exported].map(([name, callee]) =>
      new ByteWriter().name(name).byte(EXTERNAL.function).unsigned(indexOf(callee)).bytes(),
    ),
  ]);
  if (table.length > 0) {
    const elements = new ByteWriter().byte(0).raw(constant(0)).unsigned(table.length);
    for (const callee of table) elements.unsigned(indexOf(callee));
    section(SECTION.element, [elements.bytes()]);
  }
  section(
    SECTION.code,
    functions.map(({ code }) => new ByteWriter().sized(code.encode(indexOf)).bytes()),
  );
  const { address, bytes } = literals.data;
  if (bytes.length > 0) section(SECTION.data, [new ByteWriter().byte(0).raw(constant(address)).sized(bytes).bytes()]);
  return module.bytes();
}

const constant = (value: number): Uint8Array => new ByteWriter().byte(OP.i32Const).signed(value).byte(OP.end).bytes();
