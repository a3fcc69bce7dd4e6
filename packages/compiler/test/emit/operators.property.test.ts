import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { program } from '../support/program.ts';

/** An expression in Clarity and its value, computed independently of the compiler. */
interface Sample<T> {
  readonly text: string;
  readonly value: T | 'trap';
}

const wrap = (value: bigint): bigint => BigInt.asIntN(64, value);

function both<T, R>(a: Sample<T>, b: Sample<T>, text: string, join: (a: T, b: T) => R | 'trap'): Sample<R> {
  const value = a.value === 'trap' || b.value === 'trap' ? 'trap' : join(a.value, b.value);
  return { text: `(${a.text} ${text} ${b.text})`, value };
}

const INTS: readonly (readonly [string, (a: bigint, b: bigint) => bigint | 'trap'])[] = [
  ['+', (a, b) => wrap(a + b)],
  ['-', (a, b) => wrap(a - b)],
  ['*', (a, b) => wrap(a * b)],
  ['/', (a, b) => (b === 0n || a / b === 2n ** 63n ? 'trap' : a / b)],
  ['%', (a, b) => (b === 0n ? 'trap' : a % b)],
];

const FLOATS: readonly (readonly [string, (a: number, b: number) => number])[] = [
  ['+', (a, b) => a + b],
  ['-', (a, b) => a - b],
  ['*', (a, b) => a * b],
  ['/', (a, b) => a / b],
  ['%', (a, b) => a % b],
];

const ORDERS: readonly (readonly [string, (a: bigint | number, b: bigint | number) => boolean])[] = [
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
];

const smallInt = fc.bigInt({ min: -3n, max: 3n });
const anyInt = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const intLiteral = fc
  .oneof(smallInt, anyInt)
  .map((value): Sample<bigint> => ({ text: `(${value.toString()})`, value }));
const floatLiteral = fc
  .tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 999 }))
  .map(([whole, part]) => `${whole.toString()}.${part.toString()}`)
  .map((text): Sample<number> => ({ text: `(${text})`, value: Number(text) }));

const { int, float, bool } = fc.letrec<{ int: Sample<bigint>; float: Sample<number>; bool: Sample<boolean> }>(
  (tie) => ({
    int: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      intLiteral,
      fc.tuple(fc.constantFrom(...INTS), tie('int'), tie('int')).map(([[text, join], a, b]) => both(a, b, text, join)),
      tie('int').map(({ text, value }) => ({ text: `(-${text})`, value: value === 'trap' ? value : wrap(-value) })),
      fc
        .tuple(tie('bool'), tie('int'), tie('int'))
        .map(([c, a, b]) => ({
          text: `match ${c.text} { True -> ${a.text}, False -> ${b.text} }`,
          value: c.value === 'trap' ? 'trap' : c.value ? a.value : b.value,
        }))
        .map(({ text, value }): Sample<bigint> => ({ text: `(${text})`, value })),
    ),
    float: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      floatLiteral,
      fc
        .tuple(fc.constantFrom(...FLOATS), tie('float'), tie('float'))
        .map(([[text, join], a, b]) => both(a, b, text, join)),
    ),
    bool: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean().map((value): Sample<boolean> => ({ text: value ? 'True' : 'False', value })),
      fc
        .tuple(fc.constantFrom(...ORDERS), tie('int'), tie('int'))
        .map(([[text, join], a, b]) => both(a, b, text, join)),
      fc
        .tuple(fc.constantFrom(...ORDERS), tie('float'), tie('float'))
        .map(([[text, join], a, b]) => both(a, b, text, join)),
      tie('bool').map(({ text, value }) => ({ text: `!${text}`, value: value === 'trap' ? value : !value })),
      fc.tuple(tie('bool'), tie('bool')).map(([a, b]) => ({
        text: `(${a.text} and ${b.text})`,
        value: a.value === 'trap' || !a.value ? a.value : b.value,
      })),
      fc.tuple(tie('bool'), tie('bool')).map(([a, b]) => ({
        text: `(${a.text} or ${b.text})`,
        value: a.value === 'trap' || a.value ? a.value : b.value,
      })),
    ),
  }),
);

function run(type: string, { text }: Sample<unknown>): unknown {
  const { call } = program(`function f() -> ${type} { ${text} }`);
  try {
    return call('f');
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) return 'trap';
    throw error;
  }
}

test('Int64 expressions equal exact arithmetic modulo 2^64, or trap', () => {
  fc.assert(
    fc.property(int, (sample) => {
      expect(run('Int64', sample)).toBe(sample.value);
    }),
    { numRuns: 300 },
  );
});

test('Float64 expressions equal IEEE 754 arithmetic', () => {
  fc.assert(
    fc.property(float, (sample) => {
      expect(run('Float64', sample)).toBe(sample.value);
    }),
    { numRuns: 300 },
  );
});

test('Bool expressions equal short-circuit logic', () => {
  fc.assert(
    fc.property(bool, (sample) => {
      expect(run('Bool', sample)).toBe(sample.value);
    }),
    { numRuns: 300 },
  );
});

test.each([
  ['1 + 2 * 3 - 4 % 3', '(1 + (2 * 3)) - (4 % 3)'],
  ['20 - 3 - 2 * 2 * 2', '(20 - 3) - ((2 * 2) * 2)'],
  ['-2 * 3 + -1', '((-2) * 3) + (-1)'],
])('%s equals %s', (plain, explicit) => {
  expect(run('Int64', { text: plain, value: 0n })).toBe(run('Int64', { text: explicit, value: 0n }));
});

test.each([
  ['1 + 1 < 3 == True and False or True', '(((((1 + 1) < 3) == True) and False) or True)'],
  ['True or True and False', 'True or (True and False)'],
  ['"a" ++ "b" == "ab" and 2 * 2 >= 4', '(("a" ++ "b") == "ab") and ((2 * 2) >= 4)'],
])('%s equals %s', (plain, explicit) => {
  expect(run('Bool', { text: plain, value: 0n })).toBe(run('Bool', { text: explicit, value: 0n }));
});
