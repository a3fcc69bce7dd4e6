import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bareInterface } from '../../src/interface/module-interface.ts';
import { ModuleRefusal } from '../../src/guard/module-refusal.ts';
import type { Signature, ValueType } from '../../src/guard/value-type.ts';

const valueType = fc.constantFrom<ValueType>('i32', 'i64', 'f32', 'f64', 'funcref', 'externref');
const signature: fc.Arbitrary<Signature> = fc.record({
  params: fc.array(valueType, { maxLength: 4 }),
  results: fc.array(valueType, { maxLength: 2 }),
});
const name = fc.oneof(fc.constantFrom('add', 'kebab-name', '_x', '__proto__', 'test_it', '', 'a b'), fc.string());

test('every export of a module without a document is a function or is left out with a reason', () => {
  const law = fc.property(fc.array(fc.tuple(name, signature), { maxLength: 12 }), (exported) => {
    const functions = new Map(exported);
    const callable = [...functions].filter(
      ([own, { params, results }]) =>
        /^[A-Za-z]\w*$/.test(own) &&
        !own.startsWith('test_') &&
        results.length < 2 &&
        [...params, ...results].every((type) => !type.endsWith('ref')),
    );
    if (callable.length === 0) {
      expect(() => bareInterface(functions)).toThrow(ModuleRefusal);
      return;
    }
    const { document, leftOut } = bareInterface(functions);
    expect(document.functions.map((fn) => fn.name)).toEqual(callable.map(([own]) => own));
    expect(document.functions.map(({ params }) => params.length)).toEqual(callable.map(([, own]) => own.params.length));
    const names = new Set([...document.functions, ...leftOut].map((entry) => entry.name));
    expect([...names].sort()).toEqual([...functions.keys()].sort());
    expect(leftOut.every(({ reason }) => reason !== '')).toBe(true);
  });
  fc.assert(law, { numRuns: 300 });
});

test('a module without a function that can be called is refused with each export and its reason', () => {
  const pair: Signature = { params: [], results: ['i32', 'i32'] };
  expect(() => bareInterface(new Map([['pair', pair]]))).toThrow(
    'no function of it can be called: pair (it returns 2 values)',
  );
  expect(() => bareInterface(new Map())).toThrow('it exports no function');
});

test('a function with an i32 says that the number may be an address', () => {
  const { document } = bareInterface(new Map([['hello', { params: ['i32'], results: ['f32'] }]]));
  expect(document.functions[0]).toMatchObject({
    params: [{ name: 'arg0', type: { kind: 'Int32' } }],
    result: { kind: 'Float32' },
    doc: expect.stringContaining('may be addresses') as unknown,
  });
});
