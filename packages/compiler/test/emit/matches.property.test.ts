import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { program } from '../support/program.ts';
import type { Value } from '../support/marshal.ts';

/** A pattern in Clarity and the values that it matches, defined independently of the compiler. */
interface Sample {
  readonly text: string;
  readonly takes: (value: Value) => boolean;
}

type Fields = Readonly<Record<string, Value>>;

const NUMBERS = [-1n, 0n, 1n, 2n];
const OPTIONS: readonly Value[] = [null, ...NUMBERS.map((n) => ({ some: n }))];
const VALUES: readonly Value[] = [
  { tag: 'Dot' },
  ...NUMBERS.map((n) => ({ tag: 'Line', length: n })),
  ...OPTIONS.flatMap((left) => [true, false].map((right) => ({ tag: 'Pair', left, right }))),
];

const anything = fc.constantFrom('_', 'name').map((text): Sample => ({ text, takes: () => true }));
const number = fc.constantFrom(...NUMBERS);
const int = fc.oneof(
  anything,
  number.map((n): Sample => ({ text: n.toString(), takes: (value) => value === n })),
  fc.tuple(number, number).map(([from, to]): Sample => ({
    text: `${from.toString()}..${to.toString()}`,
    takes: (value) => typeof value === 'bigint' && from <= value && value <= to,
  })),
);
const bool = fc.oneof(
  anything,
  fc.boolean().map((b): Sample => ({ text: b ? 'True' : 'False', takes: (value) => value === b })),
);
const option = fc.oneof(
  anything,
  fc.constant<Sample>({ text: 'None', takes: (value) => value === null }),
  int.map(({ text, takes }): Sample => ({
    text: `Some(${text})`,
    takes: (value) => value !== null && takes((value as Fields)['some'] ?? null),
  })),
);
const shape = fc.oneof(
  anything,
  fc.constant<Sample>({ text: 'Dot', takes: (value) => (value as Fields)['tag'] === 'Dot' }),
  int.map(({ text, takes }): Sample => ({
    text: `Line(${text})`,
    takes: (value) => (value as Fields)['tag'] === 'Line' && takes((value as Fields)['length'] ?? null),
  })),
  fc.tuple(option, bool).map(([left, right]): Sample => ({
    text: `Pair(right: ${right.text.replace('name', 'other')}, left: ${left.text})`,
    takes: (value) => {
      const fields = value as Fields;
      return fields['tag'] === 'Pair' && left.takes(fields['left'] ?? null) && right.takes(fields['right'] ?? null);
    },
  })),
);
const arm = fc.tuple(shape, fc.constantFrom(' ', ' if True ', ' if 1 > 2 '));

test('a match evaluates the first arm whose pattern matches and whose guard is True', () => {
  fc.assert(
    fc.property(fc.array(arm, { maxLength: 8 }), (arms) => {
      const written = arms.map(([{ text }, guard], index) => `${text}${guard}-> ${index.toString()}`);
      const { call } = program(`
        type Shape = | Dot | Line(length: Int64) | Pair(left: Option<Int64>, right: Bool)
        function f(shape: Shape) -> Int64 { match shape { ${[...written, '_ -> -1'].join(', ')} } }`);
      const expected = VALUES.map((value) =>
        arms.findIndex(([{ takes }, guard]) => !guard.includes('>') && takes(value)),
      );
      expect(VALUES.map((value) => call('f', value))).toEqual(expected.map(BigInt));
    }),
    { numRuns: 200 },
  );
});
