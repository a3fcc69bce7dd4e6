import type { ClarityField, ClarityType, ClarityTypeDefinition, InterfaceDocument } from '@clarity-runtime/core';
import fc from 'fast-check';
import { typeOf } from '../imports/host-fixture.ts';

export type Types = InterfaceDocument['types'];

/** A type and a JSON text of one of its values, in the form of results. */
interface TypedValue {
  readonly types: Types;
  readonly type: ClarityType;
  readonly json: string;
}

/** Types that contain themselves. Every table has them. */
const RECURSIVE: Types = {
  Tree: {
    kind: 'record',
    fields: [
      { name: 'value', type: typeOf('Int64') },
      { name: 'children', type: typeOf('List<Tree>') },
    ],
  },
  Expr: {
    kind: 'union',
    variants: [
      { name: 'Zero', fields: [] },
      { name: 'Literal', fields: [{ name: 'value', type: typeOf('Float64') }] },
      {
        name: 'Add',
        fields: [
          { name: 'left', type: typeOf('Expr') },
          { name: 'right', type: typeOf('Expr') },
        ],
      },
    ],
  },
};

const WORDS = ['Int32', 'UInt32', 'Float32'] as const;
const SCALARS = ['Int64', 'Float64', 'Bool', 'String', 'Bytes', 'Timestamp', 'Unit', ...WORDS] as const;
const FIELD_NAMES = ['a', 'b', 'tag', 'value', 'fields', 'ok', '__proto__', 'constructor'];
const VARIANT_NAMES = ['Red', 'Green', 'Blue', 'None', '__proto__'];

/** Returns types of at most `depth` levels over the names. */
function arbitraryType(names: readonly string[], depth: number): fc.Arbitrary<ClarityType> {
  const scalar = fc.constantFrom(...SCALARS).map((kind): ClarityType => ({ kind }));
  const leaf = names.length === 0 ? scalar : fc.oneof(scalar, fc.constantFrom(...names).map(typeOf));
  if (depth === 0) return leaf;
  const inner = arbitraryType(names, depth - 1);
  const key = fc.constantFrom('String', 'Int64').map(typeOf);
  return fc.oneof(
    leaf,
    inner.map((element): ClarityType => ({ kind: 'List', element })),
    inner.map((value): ClarityType => ({ kind: 'Option', value })),
    fc.tuple(inner, inner).map(([ok, error]): ClarityType => ({ kind: 'Result', ok, error })),
    // The host does not store a Float32 in a Map.
    fc
      .tuple(
        key,
        inner.filter(({ kind }) => kind !== 'Float32'),
      )
      .map(([of, value]): ClarityType => ({ kind: 'Map', key: of, value })),
  );
}

function arbitraryDefinition(names: readonly string[]): fc.Arbitrary<ClarityTypeDefinition> {
  const fieldsOf = (minLength: number): fc.Arbitrary<ClarityField[]> =>
    fc.uniqueArray(fc.record({ name: fc.constantFrom(...FIELD_NAMES), type: arbitraryType(names, 1) }), {
      selector: ({ name }) => name,
      minLength,
      maxLength: 4,
    });
  const variant = fc.record({ name: fc.constantFrom(...VARIANT_NAMES), fields: fieldsOf(0) });
  const variants = fc.uniqueArray(variant, { selector: ({ name }) => name, minLength: 1, maxLength: 4 });
  const enumeration = variants.map((list) => list.map(({ name }) => ({ name, fields: [] })));
  return fc.oneof(
    fieldsOf(1).map((fields): ClarityTypeDefinition => ({ kind: 'record', fields })),
    fc.oneof(variants, enumeration).map((list): ClarityTypeDefinition => ({ kind: 'union', variants: list })),
  );
}

const KNOWN = Object.keys(RECURSIVE);
const first = arbitraryDefinition(KNOWN);
const second = arbitraryDefinition([...KNOWN, 'First']);

const arbitraryTypes: fc.Arbitrary<Types> = fc
  .record({ First: first, Second: second })
  .map((types) => ({ ...RECURSIVE, ...types }));

const int64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const integerJson = (value: bigint): string =>
  value >= -(2n ** 53n - 1n) && value <= 2n ** 53n - 1n ? String(value) : `"${String(value)}"`;
const floatJson = (value: number): string => {
  if (!Number.isFinite(value)) return `"${String(value)}"`;
  return Object.is(value, -0) ? '-0' : String(value);
};
const someInteger = fc.oneof(fc.bigInt({ min: -9n, max: 9n }), int64, fc.constantFrom(-(1n << 63n), (1n << 63n) - 1n));
const someText = fc.string({ unit: 'binary', maxLength: 8 });

const EMPTY = { List: '[]', Map: '{}', Option: 'null' };

/** Returns JSON texts of the values of a type. Without `fuel`, the shortest value. */
function arbitraryJson(types: Types, type: ClarityType, fuel: number): fc.Arbitrary<string> {
  const inner = (part: ClarityType): fc.Arbitrary<string> => arbitraryJson(types, part, fuel - 1);
  if (fuel <= 0 && type.kind in EMPTY) return fc.constant(EMPTY[type.kind as keyof typeof EMPTY]);
  switch (type.kind) {
    case 'Int64':
      return someInteger.map(integerJson);
    case 'Float64':
      return fc.double().map(floatJson);
    case 'Int32':
      return fc.integer().map(String);
    case 'UInt32':
      return fc.nat(0xffff_ffff).map(String);
    case 'Float32':
      return fc.float().map(floatJson);
    case 'Bool':
      return fc.constantFrom('true', 'false');
    case 'String':
      return someText.map((text) => JSON.stringify(text));
    case 'Bytes':
      return fc.uint8Array({ maxLength: 9 }).map((bytes) => `"${Buffer.from(bytes).toString('base64')}"`);
    case 'Timestamp':
      return fc.oneof(
        fc
          .integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 })
          .map((time) => `"${new Date(time).toISOString()}"`),
        fc.bigInt({ min: 253_402_300_800_000n, max: (1n << 63n) - 1n }).map(integerJson),
      );
    case 'Unit':
      return fc.constant('null');
    case 'List':
      return fc.array(inner(type.element), { maxLength: 3 }).map((items) => `[${items.join(',')}]`);
    case 'Option': {
      const tagged = type.value.kind === 'Option' || type.value.kind === 'Unit';
      const some = inner(type.value).map((json) => (tagged ? `{"tag":"Some","value":${json}}` : json));
      return fc.oneof(fc.constant('null'), some);
    }
    case 'Result':
      return fc.oneof(
        inner(type.ok).map((json) => `{"ok":${json}}`),
        inner(type.error).map((json) => `{"err":${json}}`),
      );
    case 'Map': {
      const key = type.key.kind === 'String' ? fc.oneof(someText, fc.constant('__proto__')) : someInteger.map(String);
      return fc
        .uniqueArray(fc.tuple(key, inner(type.value)), { selector: ([name]) => name, maxLength: 3 })
        .map((entries) => `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`);
    }
    case 'Named':
      return namedJson(types, type.name, fuel);
  }
}

function namedJson(types: Types, name: string, fuel: number): fc.Arbitrary<string> {
  const definition = types[name];
  const members = (fields: readonly ClarityField[]): fc.Arbitrary<string> =>
    fc
      .tuple(
        ...fields.map((field) =>
          arbitraryJson(types, field.type, fuel - 1).map((json) => `${JSON.stringify(field.name)}:${json}`),
        ),
      )
      .map((list) => list.join(','));
  if (definition === undefined) throw new Error(name);
  if (definition.kind === 'record') return members(definition.fields).map((list) => `{${list}}`);
  const { variants } = definition;
  if (variants.every(({ fields }) => fields.length === 0)) {
    return fc.constantFrom(...variants.map((variant) => JSON.stringify(variant.name)));
  }
  const isBoxed = variants.some(({ fields }) => fields.some((field) => field.name === 'tag'));
  const open = fuel <= 0 ? variants.slice(0, 1) : variants;
  return fc.oneof(
    ...open.map((variant) => {
      const tag = `"tag":${JSON.stringify(variant.name)}`;
      if (variant.fields.length === 0) return fc.constant(`{${tag}}`);
      return members(variant.fields).map((list) => (isBoxed ? `{${tag},"fields":{${list}}}` : `{${tag},${list}}`));
    }),
  );
}

export const typedValue: fc.Arbitrary<TypedValue> = arbitraryTypes.chain((types) =>
  arbitraryType(Object.keys(types), 2).chain((type) =>
    arbitraryJson(types, type, 3).map((json) => ({ types, type, json })),
  ),
);
