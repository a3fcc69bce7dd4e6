import type { ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import { ModuleRefusal } from '../guard/module-refusal.ts';
import { showSignature, type Signature, type ValueType } from '../guard/value-type.ts';
import { coreTypeOf } from '../marshalling/layout.ts';

/** Refuses a document that names a function which the module does not export, or exports with another signature. */
export function checkInterface(document: InterfaceDocument, functions: ReadonlyMap<string, Signature>): void {
  for (const declared of document.functions) {
    const actual = functions.get(declared.name);
    if (actual === undefined) throw mismatch(`the module does not export ${declared.name}`);
    const expected = coreSignature(declared);
    if (showSignature(expected) === showSignature(actual)) continue;
    throw mismatch(`${declared.name} would be ${showSignature(expected)}, the module has ${showSignature(actual)}`);
  }
}

const coreSignature = ({ params, result }: ClarityFunction): Signature => ({
  params: present(params.map(({ type }) => type)),
  results: present([result]),
});

const present = (types: readonly ClarityType[]): readonly ValueType[] =>
  types.map(coreTypeOf).filter((type) => type !== undefined);

const mismatch = (reason: string): ModuleRefusal => new ModuleRefusal('INTERFACE_MISMATCH', reason);
