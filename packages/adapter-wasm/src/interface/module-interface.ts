import type { ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import { ModuleRefusal } from '../guard/module-refusal.ts';
import { showSignature, type Signature, type ValueType } from '../guard/value-type.ts';
import { coreTypeOf } from '../marshalling/layout.ts';

/** Rejects a document with a function that the module does not export, or exports with another signature. */
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

const MAX_FUNCTIONS = 1_000;
const CLEAN_NAME = /^[A-Za-z][A-Za-z0-9_]{0,127}$/;
const NONE = '0'.repeat(64);

/**
 * Returns the interface of a module without a document: functions over i64 and f64, with parameters `arg0`, `arg1`, …
 * An i32 can be a pointer or a number, so functions with one are left out, and so are tests and names that a tool
 * cannot have.
 */
export function bareInterface(functions: ReadonlyMap<string, Signature>): InterfaceDocument {
  const described: ClarityFunction[] = [];
  for (const [name, signature] of functions) {
    if (described.length === MAX_FUNCTIONS) break;
    const entry = CLEAN_NAME.test(name) && !name.startsWith('test_') ? describe(name, signature) : undefined;
    if (entry !== undefined) described.push(entry);
  }
  return {
    abi: 1,
    module: '',
    compiler: { kind: 'external', name: 'unknown', version: '' },
    sourceSha256: NONE,
    wasmSha256: NONE,
    functions: described,
    types: {},
  };
}

function describe(name: string, { params, results }: Signature): ClarityFunction | undefined {
  const types = params.map(typeOf);
  const result = results.length === 0 ? ({ kind: 'Unit' } as const) : typeOf(results[0]);
  if (results.length > 1 || result === undefined || types.includes(undefined)) return undefined;
  const known = types.filter((type) => type !== undefined);
  return { name, effects: [], params: known.map((type, index) => ({ name: `arg${String(index)}`, type })), result };
}

function typeOf(type: ValueType | undefined): ClarityType | undefined {
  if (type === 'i64') return { kind: 'Int64' };
  return type === 'f64' ? { kind: 'Float64' } : undefined;
}
