import type { ByteReader } from './byte-reader.ts';
import { walkBody } from './code-walk.ts';
import { readImport, typeAt, type ModuleImport } from './module-imports.ts';
import { invalid } from './module-refusal.ts';
import { capSizeRange, readSizeRange, writeSizeRange, writeU32 } from './size-range.ts';
import { readReferenceType, readSignature, readValueType, type Signature } from './value-type.ts';

export interface SizeCaps {
  readonly memoryPages: number;
  readonly tableEntries: number;
  readonly functions: number;
  readonly bodyBytes: number;
}

/** Caps of a module that is a service. */
export const MODULE_CAPS = { functions: 20_000, bodyBytes: 1 << 20 };
/** Caps of a module in a component, which can contain a whole language runtime. */
export const PART_CAPS = { functions: 60_000, bodyBytes: 4 << 20 };

const MAX = { types: 20_000, imports: 1_000, globals: 10_000, tables: 16, exports: 10_000 };
const FUNCTION = 0;
const MEMORY = 2;

/** The declarations of one module. Each method reads one section. */
export class ModuleSections {
  readonly imports: ModuleImport[] = [];
  /** Exported functions by export name. */
  readonly functions = new Map<string, Signature>();
  hasMemory = false;
  exportsMemory = false;
  /** Whether state outside the memory changes while the module runs. */
  keepsState = false;
  readonly #types: Signature[] = [];
  readonly #signatures: Signature[] = [];
  readonly #caps: SizeCaps;
  #declared = 0;

  constructor(caps: SizeCaps) {
    this.#caps = caps;
  }

  readTypes(reader: ByteReader): void {
    for (let left = reader.count('types', MAX.types); left > 0; left -= 1) this.#types.push(readSignature(reader));
  }

  readImports(reader: ByteReader): void {
    for (let left = reader.count('imports', MAX.imports); left > 0; left -= 1) {
      const entry = readImport(reader, this.#types);
      this.imports.push(entry);
      if (entry.signature !== undefined) this.#signatures.push(entry.signature);
    }
  }

  readFunctions(reader: ByteReader): void {
    this.#declared = reader.count('functions', this.#caps.functions);
    for (let left = this.#declared; left > 0; left -= 1) this.#signatures.push(typeAt(this.#types, reader.u32()));
  }

  /** Returns the section with capped maxima. */
  capTables(reader: ByteReader): Uint8Array {
    const count = reader.count('tables', MAX.tables);
    const section = [...writeU32(count)];
    for (let left = count; left > 0; left -= 1) {
      section.push(readReferenceType(reader));
      const range = capSizeRange(readSizeRange(reader), this.#caps.tableEntries, 'table entries');
      section.push(...writeSizeRange(range));
    }
    return Uint8Array.from(section);
  }

  /** Returns the section with a capped maximum. */
  capMemory(reader: ByteReader): Uint8Array {
    const count = reader.u32();
    if (count > 1) throw invalid('it uses several memories, which is not accepted');
    this.hasMemory = count === 1;
    if (count === 0) return Uint8Array.of(0);
    const range = capSizeRange(readSizeRange(reader), this.#caps.memoryPages, 'pages of memory');
    return Uint8Array.from([1, ...writeSizeRange(range)]);
  }

  readGlobals(reader: ByteReader): void {
    for (let left = reader.count('globals', MAX.globals); left > 0; left -= 1) {
      readValueType(reader);
      if (reader.byte() !== 0) this.keepsState = true;
      skipConstant(reader);
    }
  }

  readExports(reader: ByteReader): void {
    for (let left = reader.count('exports', MAX.exports); left > 0; left -= 1) {
      const name = reader.name();
      const kind = reader.byte();
      const index = reader.u32();
      if (kind === MEMORY && name === 'memory') this.exportsMemory = true;
      if (kind !== FUNCTION) continue;
      const signature = this.#signatures[index];
      if (signature === undefined) throw invalid('it exports a function that it does not have');
      this.functions.set(name, signature);
    }
  }

  readCode(reader: ByteReader): void {
    const count = reader.count('function bodies', this.#caps.functions);
    if (count !== this.#declared) throw invalid('it has another number of function bodies than of functions');
    for (let left = count; left > 0; left -= 1) {
      const size = reader.u32();
      const { bodyBytes } = this.#caps;
      if (size > bodyBytes) {
        throw invalid(`a function body has ${String(size)} bytes, the limit is ${String(bodyBytes)}`);
      }
      if (walkBody(reader.part(size)).changesSegments) this.keepsState = true;
    }
  }

  /** Checks the module as a whole, after all sections. */
  finish(hadCode: boolean, isPart: boolean): void {
    if (!hadCode && this.#declared > 0) throw invalid('its functions have no bodies');
    if (this.hasMemory && !this.exportsMemory && !isPart) throw invalid(`it does not export its memory as 'memory'`);
  }
}

/** Skips an initializer: constants, sums of them, and `end`. */
function skipConstant(reader: ByteReader): void {
  for (;;) {
    const opcode = reader.byte();
    if (opcode === 0x0b) return;
    if (opcode === 0x41) reader.skipNumber(5);
    else if (opcode === 0x42) reader.skipNumber(10);
    else if (opcode === 0x43) reader.skip(4);
    else if (opcode === 0x44) reader.skip(8);
    else if (opcode === 0x23 || opcode === 0xd2) reader.u32();
    else if (opcode === 0xd0) readValueType(reader);
    else if (!isArithmetic(opcode)) throw invalid('it has an initialiser that is not accepted');
  }
}

const isArithmetic = (opcode: number): boolean =>
  (opcode >= 0x6a && opcode <= 0x6c) || (opcode >= 0x7c && opcode <= 0x7e);
