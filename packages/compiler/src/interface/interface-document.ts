import {
  type ClarityField,
  type ClarityFunction,
  type ClarityType,
  type ClarityTypeDefinition,
  type CompilerIdentity,
  type InterfaceDocument,
} from '@clarity-runtime/core';
import { sha256Hex } from '@clarity-runtime/core/internal';
import type { FunctionSymbol, TypedModule } from '../typed/typed-tree.ts';
import { actual, type Field, type RecordType, type Type, type UnionType } from '../types/type.ts';

/** Input of `describeInterface`. */
export interface InterfaceSource {
  readonly module: TypedModule;
  /** Functions that clients can call. */
  readonly functions: readonly FunctionSymbol[];
  readonly source: string;
  readonly wasm: Uint8Array;
  readonly compiler: CompilerIdentity;
}

/** Returns the interface document of a module: its public functions with the types that they use. */
export function describeInterface({ module, functions, source, wasm, compiler }: InterfaceSource): InterfaceDocument {
  const types = new UsedTypes();
  const described = functions.map((symbol) => describeFunction(types, symbol));
  return {
    abi: 1,
    module: module.name,
    ...(module.doc === undefined ? {} : { doc: module.doc }),
    compiler,
    sourceSha256: sha256Hex(source),
    wasmSha256: sha256Hex(wasm),
    functions: described,
    types: types.definitions(),
  };
}

function describeFunction(
  types: UsedTypes,
  { name, doc, effects, parameters, result }: FunctionSymbol,
): ClarityFunction {
  return {
    name,
    ...(doc === undefined ? {} : { doc }),
    effects: [...effects],
    params: types.fields(parameters),
    result: types.type(result),
  };
}

/** Converts types and collects the records and unions that they use. */
class UsedTypes {
  readonly #used = new Set<RecordType | UnionType>();

  fields(fields: readonly Field[]): readonly ClarityField[] {
    return fields.map(({ name, type }) => ({ name, type: this.type(type) }));
  }

  type(type: Type): ClarityType {
    const known = actual(type);
    switch (known.kind) {
      case 'List':
        return { kind: 'List', element: this.type(known.element) };
      case 'Option':
        return { kind: 'Option', value: this.type(known.value) };
      case 'Result':
        return { kind: 'Result', ok: this.type(known.ok), error: this.type(known.error) };
      case 'Map':
        return { kind: 'Map', key: this.type(known.key), value: this.type(known.value) };
      case 'record':
      case 'union':
        this.#used.add(known);
        return { kind: 'Named', name: known.name };
      case 'function':
      case 'variable':
      case 'unknown':
        throw new Error(`a public function cannot have a type of kind '${known.kind}'`);
      default:
        return { kind: known.kind };
    }
  }

  /** Returns the definitions of the used records and unions, transitively. */
  definitions(): Readonly<Record<string, ClarityTypeDefinition>> {
    const definitions: [string, ClarityTypeDefinition][] = [];
    // The set grows during the iteration; an iterator of a Set also visits added elements.
    for (const type of this.#used) definitions.push([type.name, this.#definition(type)]);
    return Object.fromEntries(definitions);
  }

  #definition(type: RecordType | UnionType): ClarityTypeDefinition {
    if (type.kind === 'record') return { kind: 'record', fields: this.fields(type.fields) };
    const variants = type.variants.map(({ name, fields }) => ({ name, fields: this.fields(fields) }));
    return { kind: 'union', variants };
  }
}
