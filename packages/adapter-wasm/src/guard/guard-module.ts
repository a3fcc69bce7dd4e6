import { ByteReader } from './byte-reader.ts';
import { grantImports } from './module-imports.ts';
import { invalid, ModuleRefusal, type RefusalCode } from './module-refusal.ts';
import { MODULE_CAPS, ModuleSections, PART_CAPS, type SizeCaps } from './module-sections.ts';
import { writeU32 } from './size-range.ts';
import type { Signature } from './value-type.ts';

/** Maximum size of a module in bytes. */
export const MAX_MODULE_BYTES = 16 << 20;
const MAX_TABLE_ENTRIES = 65_536;
const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536;

export interface GuardedModule {
  /** The module for the compiler: maxima of memory and tables are capped, custom sections are removed. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Exported functions by name, in the order of the module. */
  readonly functions: ReadonlyMap<string, Signature>;
  /** Names of the functions that the module imports from `env`. */
  readonly imports: readonly string[];
  readonly hasMemory: boolean;
  /** Whether the module can change state outside its memory, so that each call needs a new instance. */
  readonly keepsState: boolean;
}

export type GuardAnswer =
  | { readonly type: 'accepted'; readonly module: GuardedModule }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly reason: string };

export interface ModuleAllowance {
  readonly maxMemoryBytes: number;
  /** Whether the module may import the assertions of tests. */
  readonly tests?: boolean;
  /** Whether the module is a part of a component: what it imports is checked by its engine, and it may be larger. */
  readonly isPart?: boolean;
}

/** Checks the bytes of a module before they are compiled. Returns a result for any bytes. */
export function guardModule(bytes: Uint8Array, allowance: ModuleAllowance): GuardAnswer {
  try {
    return { type: 'accepted', module: readModule(bytes, allowance) };
  } catch (error) {
    if (error instanceof ModuleRefusal) return { type: 'refused', code: error.code, reason: error.message };
    throw error;
  }
}

const Section = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  code: 10,
  dataCount: 12,
} as const;
/** The order of sections. `dataCount` was added later and precedes the code. */
const ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

function readModule(
  bytes: Uint8Array,
  { maxMemoryBytes, tests = false, isPart = false }: ModuleAllowance,
): GuardedModule {
  checkHeader(bytes);
  const caps: SizeCaps = {
    memoryPages: Math.min(MAX_PAGES, Math.floor(maxMemoryBytes / PAGE_BYTES)),
    tableEntries: MAX_TABLE_ENTRIES,
    ...(isPart ? PART_CAPS : MODULE_CAPS),
  };
  const sections = new ModuleSections(caps);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const seen: number[] = [];
  const module = new ByteReader(bytes, 8);
  while (!module.done) {
    const start = module.offset;
    const id = module.byte();
    const section = module.part(module.u32());
    if (id === Section.custom) continue;
    inOrder(id, seen);
    const replaced = readSection(id, section, sections);
    if (replaced === undefined) kept.push(bytes.subarray(start, section.end));
    else kept.push(Uint8Array.of(id, ...writeU32(replaced.length)), replaced);
  }
  sections.finish(seen.includes(Section.code), isPart);
  return {
    bytes: joined(kept),
    functions: sections.functions,
    imports: isPart ? [] : grantImports(sections.imports, tests),
    hasMemory: sections.hasMemory,
    keepsState: sections.keepsState || seen.includes(Section.start),
  };
}

function checkHeader(bytes: Uint8Array): void {
  if (bytes.length > MAX_MODULE_BYTES) {
    throw invalid(`it has ${String(bytes.length)} bytes, the limit is ${String(MAX_MODULE_BYTES)}`);
  }
  if (bytes.length < 8 || [0, 0x61, 0x73, 0x6d].some((byte, index) => bytes[index] !== byte)) {
    throw invalid('it is not a WebAssembly module');
  }
  if (bytes[6] === 1) throw invalid('it is a component; only core modules are accepted here');
  if (bytes[4] !== 1 || bytes[5] !== 0 || bytes[6] !== 0 || bytes[7] !== 0) {
    throw invalid('it is written in an unknown version of the format');
  }
}

function inOrder(id: number, seen: number[]): void {
  const place = ORDER.indexOf(id);
  if (place < 0) throw invalid(id === 13 ? 'it uses exceptions, which are not accepted' : 'it has an unknown section');
  const last = seen.at(-1);
  if (last !== undefined && ORDER.indexOf(last) >= place) throw invalid('its sections are out of order');
  seen.push(id);
}

/** Reads one section to its end. Returns its replacement, if it has one. */
function readSection(id: number, reader: ByteReader, sections: ModuleSections): Uint8Array | undefined {
  const replaced = dispatch(id, reader, sections);
  // Elements and data only fill the declared tables and memories; the compiler checks them.
  const isRead = id !== 9 && id !== 11;
  if (isRead && !reader.done) throw invalid('a section of it is longer than its content');
  return replaced;
}

function dispatch(id: number, reader: ByteReader, sections: ModuleSections): Uint8Array | undefined {
  if (id === Section.table) return sections.capTables(reader);
  if (id === Section.memory) return sections.capMemory(reader);
  if (id === Section.type) sections.readTypes(reader);
  else if (id === Section.import) sections.readImports(reader);
  else if (id === Section.function) sections.readFunctions(reader);
  else if (id === Section.global) sections.readGlobals(reader);
  else if (id === Section.export) sections.readExports(reader);
  else if (id === Section.code) sections.readCode(reader);
  else if (id === Section.start || id === Section.dataCount) reader.u32();
  return undefined;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
