import type { ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import type { Signature, ValueType } from '../guard/value-type.ts';

const MAX_FUNCTIONS = 1_000;
const CLEAN_NAME = /^[A-Za-z][A-Za-z0-9_]{0,127}$/;
const NONE = '0'.repeat(64);

/**
 * What can be said of a module that came without a document: functions over i64 and f64, with parameters `arg0`, `arg1`, …
 * An i32 may be a pointer or a number, so functions with one are left out, and so are tests and names that no tool may have.
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
