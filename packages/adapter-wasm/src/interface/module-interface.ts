import type { ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import { invalid, ModuleRefusal, nameSome } from '../guard/module-refusal.ts';
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

/** An export that cannot be a tool. */
export interface LeftOut {
  /** A name of the module, for display only after it was escaped. */
  readonly name: string;
  readonly reason: string;
}

export interface BareInterface {
  readonly document: InterfaceDocument;
  readonly leftOut: readonly LeftOut[];
}

/**
 * Returns the interface of a module without a document: its functions over numbers, with parameters `arg0`, `arg1`, …
 * An i32 can be a pointer or a number, which a module does not tell; it is offered as an integer. @throws ModuleRefusal
 * when no function can be called.
 */
export function bareInterface(functions: ReadonlyMap<string, Signature>): BareInterface {
  const described: ClarityFunction[] = [];
  const leftOut: LeftOut[] = [];
  for (const [name, signature] of functions) {
    const reason = reasonAgainst(name, signature, described.length);
    if (reason === undefined) described.push(describe(name, signature));
    else leftOut.push({ name, reason });
  }
  if (described.length === 0) throw invalid(emptyReason(leftOut));
  const document: InterfaceDocument = {
    abi: 1,
    module: '',
    compiler: { kind: 'external', name: 'unknown', version: '' },
    sourceSha256: NONE,
    wasmSha256: NONE,
    functions: described,
    types: {},
  };
  return { document, leftOut };
}

function emptyReason(leftOut: readonly LeftOut[]): string {
  if (leftOut.length === 0) return 'it exports no function';
  return `no function of it can be called: ${nameSome(leftOut.map(({ name, reason }) => `${name} (${reason})`))}`;
}

function reasonAgainst(name: string, { params, results }: Signature, before: number): string | undefined {
  if (!CLEAN_NAME.test(name)) return 'its name is not a valid tool name';
  if (name.startsWith('test_')) return 'it is a test';
  if (results.length > 1) return `it returns ${String(results.length)} values`;
  const other = [...params, ...results].find((type) => NUMBERS[type] === undefined);
  if (other !== undefined) return `it has a parameter or result of type ${other}`;
  if (before === MAX_FUNCTIONS) return `a service has at most ${String(MAX_FUNCTIONS)} functions`;
  return undefined;
}

const NUMBERS: Readonly<Partial<Record<ValueType, ClarityType>>> = {
  i32: { kind: 'Int32' },
  i64: { kind: 'Int64' },
  f32: { kind: 'Float32' },
  f64: { kind: 'Float64' },
};

function describe(name: string, { params, results }: Signature): ClarityFunction {
  const typeOf = (type: ValueType): ClarityType => NUMBERS[type] ?? { kind: 'Unit' };
  const [result] = results;
  const hasWord = [...params, ...results].includes('i32');
  return {
    name,
    ...(hasWord ? { doc: `Calls the function ${name}. ${WORDS}` } : {}),
    effects: [],
    params: params.map((type, index) => ({ name: `arg${String(index)}`, type: typeOf(type) })),
    result: result === undefined ? { kind: 'Unit' } : typeOf(result),
  };
}

const WORDS = 'Its integers of 32 bits are shown with a sign, and may be addresses in the memory of the module.';
