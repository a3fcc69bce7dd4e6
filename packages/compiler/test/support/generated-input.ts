import { actual, variantsOf, type Field, type Type } from '../../src/types/type.ts';
import type { Interpreted } from './interpreted-value.ts';
import type { Tape } from './tape.ts';

/** Generates a value of a type as an argument. */
export function inputFor(tape: Tape, type: Type, depth = 3): Interpreted {
  const known = actual(type);
  const inner = (of: Type): Interpreted => inputFor(tape, of, depth - 1);
  const all = (fields: readonly Field[]): readonly Interpreted[] => fields.map((field) => inner(field.type));
  switch (known.kind) {
    case 'Int64':
      return tape.pick([0n, 1n, 2n, 3n, 5n, 11n, -1n, 42n, 9_007_199_254_740_993n, 2n ** 63n - 1n, -(2n ** 63n)]);
    case 'Float64':
      return tape.pick([0, 1, 0.5, -2.75, 1e21, -0, NaN, Infinity, 5e-324]);
    case 'Bool':
      return tape.below(2) === 1;
    case 'String':
      return tape.pick(['', 'a', 'b,c', '12', ' -7 ', 'é🙂z', 'A\nB']);
    case 'List':
      return Array.from({ length: depth <= 0 ? 0 : tape.pick([0, 1, 2, 3, 20]) }, () => inner(known.element));
    case 'Map': {
      const keys = known.key.kind === 'String' ? ['a', '', '12'] : [0n, 7n, -1n];
      return new Map(keys.slice(0, depth <= 0 ? 0 : tape.below(4)).map((key) => [key, inner(known.value)]));
    }
    case 'record':
      return all(known.fields);
    default: {
      const variants = variantsOf(known) ?? [];
      const plainest = variants.findIndex(({ fields }) => fields.length === 0);
      const tag = depth <= 0 ? Math.max(0, plainest) : tape.below(Math.max(1, variants.length));
      return { tag, fields: all(variants[tag]?.fields ?? []) };
    }
  }
}
