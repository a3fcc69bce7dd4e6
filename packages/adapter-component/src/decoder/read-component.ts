import { ComponentBytes, isComponent, refuse } from './component-bytes.ts';
import { Scope, type Extern, type InstanceDefinition } from './definition.ts';
import {
  readAlias,
  readDefinition,
  readExtern,
  readExternName,
  readExternType,
  readSort,
  readValueType,
} from './read-definition.ts';

const MAX_NESTING = 16;
const MAX_ENTRIES = 100_000;
/** Maximum sections of a component and all components in it. */
const MAX_SECTIONS = 20_000;

const Section = { component: 4, instance: 5, alias: 6, type: 7, canonical: 8, import: 10, export: 11 } as const;

/**
 * Reads what a component imports and exports (Component Model, binary format). Core modules in it are skipped; the
 * transpiler validates the whole. @throws ComponentRefusal.
 */
export function readComponent(bytes: Uint8Array): InstanceDefinition {
  if (!isComponent(bytes)) throw refuse('it is not a component');
  const reader = new ComponentReader();
  return reader.read(new ComponentBytes(bytes), undefined, 0);
}

class ComponentReader {
  #sections = 0;

  read(bytes: ComponentBytes, parent: Scope | undefined, depth: number): InstanceDefinition {
    if (depth > MAX_NESTING) throw refuse('its components are nested too deeply');
    const scope = new Scope(parent);
    bytes.part(8);
    while (!bytes.isDone) {
      this.#sections += 1;
      if (this.#sections > MAX_SECTIONS) throw refuse('it has too many sections');
      const id = bytes.byte();
      this.#section(id, bytes.part(bytes.u32()), scope, depth);
    }
    return { kind: 'instance', imports: scope.imports, exports: scope.exports };
  }

  #section(id: number, bytes: ComponentBytes, scope: Scope, depth: number): void {
    const each = (read: () => void): void => {
      bytes.list(MAX_ENTRIES, read);
    };
    if (id === Section.component) scope.components.push(this.read(bytes, scope, depth + 1));
    else if (id === Section.instance) each(() => scope.instances.push(readInstance(bytes, scope)));
    else if (id === Section.alias) {
      each(() => {
        readAlias(bytes, scope);
      });
    } else if (id === Section.type) each(() => scope.types.push(readDefinition(bytes, scope, 0)));
    else if (id === Section.canonical) {
      each(() => {
        readCanonical(bytes, scope);
      });
    } else if (id === Section.import) each(() => scope.imports.push(readExtern(bytes, scope)));
    else if (id === Section.export) each(() => scope.exports.push(readExport(bytes, scope)));
  }
}

function readInstance(bytes: ComponentBytes, scope: Scope): InstanceDefinition {
  if (bytes.byte() === 0) {
    const component = scope.components[bytes.u32()];
    bytes.list(MAX_ENTRIES, () => {
      bytes.name();
      readSort(bytes);
      bytes.u32();
    });
    return { kind: 'instance', imports: [], exports: component?.kind === 'instance' ? component.exports : [] };
  }
  const exports = bytes.list(MAX_ENTRIES, () => ({ name: readExternName(bytes), ...readIndex(bytes, scope) }));
  return { kind: 'instance', imports: [], exports };
}

function readIndex(bytes: ComponentBytes, scope: Scope): Omit<Extern, 'name'> {
  const sort = readSort(bytes);
  return { sort, definition: scope.space(sort)?.[bytes.u32()] };
}

/** An export is an import of the outside, and adds an index of its own. The written type has priority. */
function readExport(bytes: ComponentBytes, scope: Scope): Extern {
  const name = readExternName(bytes);
  const own = readIndex(bytes, scope);
  const written = bytes.optional(() => readExternType(bytes, scope));
  const extern = { name, ...(written?.definition === undefined ? own : written) };
  scope.bind(extern);
  return extern;
}

function skipOptions(bytes: ComponentBytes): void {
  bytes.list(64, () => {
    if ([3, 4, 5, 7, 8].includes(bytes.byte())) bytes.u32();
  });
}

/** Definitions of built-in functions by code: `i` an index, `b` a byte, `o` options, `t` a value type. */
const CANONICAL: Readonly<Record<number, string>> = {
  ...{ 0x01: 'bio', 0x02: 'i', 0x03: 'i', 0x04: 'i', 0x05: '', 0x06: 'b', 0x07: 'i', 0x08: '', 0x0c: 'b', 0x0d: '' },
  ...{ 0x0a: 'bi', 0x0b: 'bi', 0x0e: 'i', 0x0f: 'io', 0x10: 'io', 0x11: 'ib', 0x12: 'ib', 0x13: 'i', 0x14: 'i' },
  ...{ 0x15: 'i', 0x16: 'io', 0x17: 'io', 0x18: 'ib', 0x19: 'ib', 0x1a: 'i', 0x1b: 'i', 0x1c: 'o', 0x1d: 'o' },
  ...{ 0x1e: '', 0x1f: '', 0x20: 'bi', 0x21: 'bi', 0x22: '', 0x23: '', 0x24: '', 0x25: '', 0x26: '' },
};

/** Reads a canonical definition. Only a lifted function has a component type; the others are core functions. */
function readCanonical(bytes: ComponentBytes, scope: Scope): void {
  const code = bytes.byte();
  if (code === 0x00) {
    bytes.byte();
    bytes.u32();
    skipOptions(bytes);
    scope.functions.push(scope.type(bytes.u32()));
    return;
  }
  if (code === 0x09) {
    if (bytes.byte() === 0) readValueType(bytes, scope);
    else bytes.u32();
    skipOptions(bytes);
    return;
  }
  const parts = CANONICAL[code];
  if (parts === undefined) throw refuse('it uses a built-in function that is not known');
  for (const part of parts) {
    if (part === 'i') bytes.u32();
    else if (part === 'b') bytes.byte();
    else skipOptions(bytes);
  }
}
