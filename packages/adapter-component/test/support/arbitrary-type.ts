import fc from 'fast-check';
import type { ValueDefinition } from '../../src/decoder/definition.ts';

export type ValueType = ValueDefinition;

/** The types of WIT without parts. */
export const PRIMITIVES = [
  'bool',
  's8',
  'u8',
  's16',
  'u16',
  's32',
  'u32',
  's64',
  'u64',
  'f32',
  'f64',
  'char',
  'string',
] as const;

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,4}(-[a-z][a-z0-9]{0,4}){0,2}$/);
const labels = (minLength: number, maxLength: number): fc.Arbitrary<string[]> =>
  fc.uniqueArray(label, { minLength, maxLength, selector: (name) => name.replaceAll('-', '') });

/** A type of a value, with every constructor of WIT that has a JSON form. */
export const arbitraryType: fc.Arbitrary<ValueDefinition> = fc.letrec<{ type: ValueDefinition }>((tie) => {
  const type = tie('type');
  const maybe = fc.option(type, { nil: undefined });
  return {
    type: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(...PRIMITIVES).map((kind): ValueDefinition => ({ kind })),
      labels(1, 4).chain((names) =>
        fc.tuple(...names.map(() => type)).map((types): ValueDefinition => ({
          kind: 'record',
          fields: names.map((name, index) => ({ name, type: types[index] as ValueDefinition })),
        })),
      ),
      labels(1, 4).chain((names) =>
        fc.tuple(...names.map(() => maybe)).map((types): ValueDefinition => ({
          kind: 'variant',
          cases: names.map((name, index) => ({ name, type: types[index] })),
        })),
      ),
      labels(1, 40).map((names): ValueDefinition => ({ kind: 'enum', names })),
      labels(1, 32).map((names): ValueDefinition => ({ kind: 'flags', names })),
      type.map((element): ValueDefinition => ({ kind: 'list', element })),
      type.map((value): ValueDefinition => ({ kind: 'option', value })),
      fc.array(type, { minLength: 1, maxLength: 4 }).map((items): ValueDefinition => ({ kind: 'tuple', items })),
      fc.tuple(maybe, maybe).map(([ok, err]): ValueDefinition => ({ kind: 'result', ok, err })),
    ),
  };
}).type;

const INTEGERS: Readonly<Record<string, readonly [number, number]>> = {
  s8: [-0x80, 0x7f],
  u8: [0, 0xff],
  s16: [-0x8000, 0x7fff],
  u16: [0, 0xffff],
  s32: [-0x8000_0000, 0x7fff_ffff],
  u32: [0, 0xffff_ffff],
};

const wellFormed = fc.string({ unit: 'binary', maxLength: 12 });
const exact = (integer: bigint): unknown => {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : String(integer);
};
const special = (float: number): unknown => {
  if (Number.isFinite(float)) return Object.is(float, -0) ? 0 : float;
  return String(float);
};

/** JSON of a value of a type, in the form that the engine writes. */
export function arbitraryJson(type: ValueDefinition): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 's64':
      return fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }).map(exact);
    case 'u64':
      return fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(exact);
    case 'f32':
      return fc.float().map(special);
    case 'f64':
      return fc.double().map(special);
    case 'char':
      return fc.string({ unit: 'binary', minLength: 1, maxLength: 1 });
    case 'string':
      return wellFormed;
    case 'list':
      return type.element.kind === 'u8'
        ? fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes).toString('base64'))
        : fc.array(arbitraryJson(type.element), { maxLength: 4 });
    case 'tuple':
      return fc.tuple(...type.items.map(arbitraryJson));
    case 'record':
      return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, arbitraryJson(field.type)])), {
        noNullPrototype: true,
      });
    case 'variant':
      return fc.oneof(
        ...type.cases.map((each) =>
          each.type === undefined
            ? fc.constant({ tag: each.name })
            : arbitraryJson(each.type).map((val) => ({ tag: each.name, val })),
        ),
      );
    case 'enum':
      return fc.constantFrom(...type.names);
    case 'flags':
      return fc.subarray([...type.names]);
    case 'option': {
      const value = arbitraryJson(type.value);
      return fc.option(type.value.kind === 'option' ? value.map((some) => ({ some })) : value);
    }
    case 'result':
      return fc.oneof(inner('ok', type.ok), inner('err', type.err));
    case 'unsupported':
      throw new Error('the type has no values');
    default: {
      const [min, max] = INTEGERS[type.kind] ?? [0, 0];
      return fc.integer({ min, max });
    }
  }
}

const inner = (name: string, type: ValueDefinition | undefined): fc.Arbitrary<unknown> =>
  (type === undefined ? fc.constant(null) : arbitraryJson(type)).map((value) => ({ [name]: value }));
