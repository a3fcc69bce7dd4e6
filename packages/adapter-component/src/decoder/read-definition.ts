import { refuse, type ComponentBytes } from './component-bytes.ts';
import {
  Scope,
  type ExternDefinition,
  type Extern,
  type Labelled,
  type Primitive,
  type Sort,
  type ValueDefinition,
} from './definition.ts';

const MAX_DEPTH = 64;
const MAX_ITEMS = 10_000;
const MAX_PARAMS = 1_000;

const PRIMITIVES: ReadonlyMap<number, Primitive> = new Map(
  (
    ['bool', 's8', 'u8', 's16', 'u16', 's32', 'u32', 's64', 'u64', 'f32', 'f64', 'char', 'string'] satisfies Primitive[]
  ).map((kind, index) => [0x7f - index, kind]),
);
const ERROR_CONTEXT = 0x64;
/** `-1` as a signed number of one byte is the code 0x7f. */
const CODE_OF = 0x80;

const unsupported = (what: string): ValueDefinition => ({ kind: 'unsupported', what });

export function readValueType(bytes: ComponentBytes, scope: Scope): ValueDefinition {
  const index = bytes.s33();
  if (index >= 0) return scope.valueType(index);
  return primitive(CODE_OF + index);
}

function primitive(code: number): ValueDefinition {
  const kind = PRIMITIVES.get(code);
  if (kind !== undefined) return { kind };
  if (code === ERROR_CONTEXT) return unsupported('error-context');
  throw refuse('it has a value type that is not known');
}

/** Reads the definition of a type: of a value, a function, a resource, an instance or a component. */
export function readDefinition(bytes: ComponentBytes, scope: Scope, depth: number): ExternDefinition {
  if (depth > MAX_DEPTH) throw refuse('its types are nested too deeply');
  const code = bytes.byte();
  const value = (): ValueDefinition => readValueType(bytes, scope);
  const maybe = (): ValueDefinition | undefined => bytes.optional(value);
  const labels = (max: number): readonly Labelled[] => bytes.list(max, () => ({ name: bytes.name(), type: value() }));
  switch (code) {
    case 0x72:
      return { kind: 'record', fields: labels(MAX_ITEMS) };
    case 0x71:
      return {
        kind: 'variant',
        cases: bytes.list(MAX_ITEMS, () => {
          const found = { name: bytes.name(), type: maybe() };
          bytes.optional(() => bytes.u32());
          return found;
        }),
      };
    case 0x70:
      return { kind: 'list', element: value() };
    case 0x67: {
      const element = value();
      return { kind: 'list', element, length: bytes.u32() };
    }
    case 0x6f:
      return { kind: 'tuple', items: bytes.list(MAX_ITEMS, value) };
    case 0x6e:
      return { kind: 'flags', names: bytes.list(MAX_ITEMS, () => bytes.name()) };
    case 0x6d:
      return { kind: 'enum', names: bytes.list(MAX_ITEMS, () => bytes.name()) };
    case 0x6b:
      return { kind: 'option', value: value() };
    case 0x6a: {
      const ok = maybe();
      return { kind: 'result', ok, err: maybe() };
    }
    case 0x69:
    case 0x68:
      bytes.u32();
      return unsupported('resource');
    case 0x66:
    case 0x65:
      maybe();
      return unsupported(code === 0x66 ? 'stream' : 'future');
    case 0x63:
      value();
      value();
      return unsupported('map');
    case 0x40:
    case 0x43:
      return { kind: 'function', isAsync: code === 0x43, params: labels(MAX_PARAMS), result: readResult(bytes, value) };
    case 0x3f:
      bytes.byte();
      bytes.optional(() => bytes.u32());
      return unsupported('resource');
    case 0x3e:
      bytes.byte();
      bytes.u32();
      bytes.optional(() => bytes.u32());
      return unsupported('resource');
    case 0x41:
    case 0x42:
      return readDeclarations(bytes, new Scope(scope), depth);
    default:
      return primitive(code);
  }
}

function readResult(bytes: ComponentBytes, value: () => ValueDefinition): ValueDefinition | undefined {
  if (bytes.byte() === 0) return value();
  const named = bytes.list(MAX_PARAMS, () => ({ name: bytes.name(), type: value() }));
  return named.length === 0 ? undefined : { kind: 'record', fields: named };
}

function readDeclarations(bytes: ComponentBytes, scope: Scope, depth: number): ExternDefinition {
  bytes.list(MAX_ITEMS, () => {
    const kind = bytes.byte();
    if (kind === 0) throw refuse('it declares types of core modules, which are not accepted');
    else if (kind === 1) scope.types.push(readDefinition(bytes, scope, depth + 1));
    else if (kind === 2) readAlias(bytes, scope);
    else if (kind === 3) scope.imports.push(readExtern(bytes, scope));
    else if (kind === 4) scope.exports.push(readExtern(bytes, scope));
    else throw refuse('it has a declaration that is not known');
  });
  return { kind: 'instance', imports: scope.imports, exports: scope.exports };
}

/** Reads a name of an import or export; a version suffix is skipped. */
export function readExternName(bytes: ComponentBytes): string {
  const kind = bytes.byte();
  const name = bytes.name();
  if (kind > 2) throw refuse('it has a name of a form that is not known');
  if (kind === 2) {
    bytes.list(16, () => {
      bytes.byte();
      bytes.part(bytes.u32());
    });
  }
  return name;
}

/** Reads a named import or export with its type and adds it to the index space of its sort. */
export function readExtern(bytes: ComponentBytes, scope: Scope): Extern {
  const name = readExternName(bytes);
  const extern = { name, ...readExternType(bytes, scope) };
  scope.bind(extern);
  return extern;
}

export function readExternType(bytes: ComponentBytes, scope: Scope): Omit<Extern, 'name'> {
  const kind = bytes.byte();
  switch (kind) {
    case 0:
      bytes.byte();
      bytes.u32();
      return { sort: 'other' };
    case 1:
      return { sort: 'function', definition: scope.type(bytes.u32()) };
    case 2:
      if (bytes.byte() === 0) bytes.u32();
      else readValueType(bytes, scope);
      return { sort: 'other' };
    case 3:
      if (bytes.byte() === 0) return { sort: 'type', definition: scope.type(bytes.u32()) };
      return { sort: 'type', definition: unsupported('resource') };
    case 4:
      return { sort: 'component', definition: scope.type(bytes.u32()) };
    case 5:
      return { sort: 'instance', definition: scope.type(bytes.u32()) };
    default:
      throw refuse('it imports or exports something of a kind that is not known');
  }
}

const SORTS: readonly Sort[] = ['other', 'function', 'other', 'type', 'component', 'instance'];

export function readSort(bytes: ComponentBytes): Sort {
  const code = bytes.byte();
  const sort = SORTS[code];
  if (sort === undefined) throw refuse('it names something of a kind that is not known');
  if (code === 0) bytes.byte();
  return sort;
}

/** Reads an alias and adds it to the index space of its sort. */
export function readAlias(bytes: ComponentBytes, scope: Scope): void {
  const sort = readSort(bytes);
  const kind = bytes.byte();
  if (kind === 0) {
    const instance = scope.instances[bytes.u32()];
    const name = bytes.name();
    const found = instance?.kind === 'instance' ? instance.exports.find((entry) => entry.name === name) : undefined;
    if (found === undefined) throw refuse('it names an export that an instance does not have');
    scope.bind({ sort, definition: found.definition });
  } else if (kind === 1) {
    bytes.u32();
    bytes.name();
  } else if (kind === 2) {
    const outer = scope.outer(Math.min(bytes.u32(), MAX_DEPTH));
    scope.bind({ sort, definition: outer.space(sort)?.[bytes.u32()] });
  } else throw refuse('it has an alias of a kind that is not known');
}
