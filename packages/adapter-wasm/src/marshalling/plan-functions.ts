import type { ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import type { WasmFunction } from '@clarity-runtime/core/ports';
import { uncallableReason } from './callable.ts';
import { definitionOf } from './type-forms.ts';
import { TypeSchemas, type Schema } from './type-schema.ts';

/** The functions that can be called from outside, in the order of the document; those that cannot are left out. */
export function planFunctions({ functions, types }: InterfaceDocument): readonly WasmFunction[] {
  const inputs = new TypeSchemas(types, 'in');
  const outputs = new TypeSchemas(types, 'out');

  /** A record stands for itself; everything else is the member `result` of an object. */
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
