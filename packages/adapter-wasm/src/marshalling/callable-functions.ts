import type { ClarityField, ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import { definitionOf, type TypeTable } from './type-forms.ts';
import type { WasmFunction } from '@clarity-runtime/core/ports';
import { TypeSchemas, type Schema } from './type-schema.ts';

const TOOL_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const MAX_TYPE_DEPTH = 32;
const SCALARS = new Set([
  ...['Int64', 'Float64', 'Bool', 'String', 'Unit', 'Bytes', 'Timestamp'],
  ...['Int32', 'UInt32', 'Float32'],
]);

/** Returns why the function cannot be called from outside, or undefined. */
export function uncallableReason(fn: ClarityFunction, types: TypeTable): string | undefined {
  if (!TOOL_NAME.test(fn.name)) return 'its name is not a valid tool name';
  if (fn.name.startsWith('test_')) return 'it is a test';
  const crossing = new TypePosition(types);
  return crossing.refuseFields(fn.params) ?? crossing.refuse(fn.result, 0);
}

/** Visits the types of one function, each named type once. */
class TypePosition {
  readonly #types: TypeTable;
  readonly #seen = new Set<string>();

  constructor(types: TypeTable) {
    this.#types = types;
  }

  refuseFields(fields: readonly ClarityField[]): string | undefined {
    const names = new Set(fields.map(({ name }) => name));
    if (names.size < fields.length) return 'it has two fields or parameters of one name';
    return first(fields, ({ type }) => this.refuse(type, 0));
  }

  refuse(type: ClarityType, depth: number): string | undefined {
    if (depth > MAX_TYPE_DEPTH) return 'its types are nested too deeply';
    switch (type.kind) {
      case 'List':
        return this.refuse(type.element, depth + 1);
      case 'Option':
        return this.refuse(type.value, depth + 1);
      case 'Result':
        return this.refuse(type.ok, depth + 1) ?? this.refuse(type.error, depth + 1);
      case 'Map':
        if (type.key.kind !== 'String' && type.key.kind !== 'Int64') return 'a Map has keys that JSON cannot have';
        if (type.value.kind === 'Float32') return 'a Map has values of Float32, which the host does not store';
        return this.refuse(type.value, depth + 1);
      case 'Named':
        return this.#refuseNamed(type.name);
      default:
        return SCALARS.has(type.kind) ? undefined : 'one of its types cannot be written as JSON';
    }
  }

  #refuseNamed(name: string): string | undefined {
    if (this.#seen.has(name)) return undefined;
    this.#seen.add(name);
    const definition = definitionOf(this.#types, name);
    if (definition === undefined) return 'one of its types is not described';
    if (definition.kind === 'record') return this.refuseFields(definition.fields);
    const { variants } = definition;
    if (variants.length === 0) return 'one of its types has no values';
    if (new Set(variants.map((variant) => variant.name)).size < variants.length)
      return 'a union has two variants of one name';
    return first(variants, ({ fields }) => this.refuseFields(fields));
  }
}

function first<Item>(items: readonly Item[], refuse: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const reason = refuse(item);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Returns the functions that can be called from outside, in the order of the document. */
export function planFunctions({ functions, types }: InterfaceDocument): readonly WasmFunction[] {
  const inputs = new TypeSchemas(types, 'in');
  const outputs = new TypeSchemas(types, 'out');

  /** The result schema: a record is used directly, any other value is the member `result` of an object. */
  function outputSchema(result: ClarityType): Schema | undefined {
    const type = result.kind === 'Result' ? result.ok : result;
    if (type.kind === 'Unit') return undefined;
    const definition = type.kind === 'Named' ? definitionOf(types, type.name) : undefined;
    if (definition?.kind === 'record') return outputs.object(definition.fields);
    return { ...outputs.object([{ name: 'result', type }]), required: ['result'] };
  }

  function plan({ name, doc, params, result }: ClarityFunction): WasmFunction {
    const output = outputSchema(result);
    return {
      name,
      ...(doc === undefined ? {} : { doc }),
      inputSchema: inputs.object(params),
      ...(output === undefined ? {} : { outputSchema: output }),
    };
  }

  return functions.filter((fn) => uncallableReason(fn, types) === undefined).map(plan);
}
