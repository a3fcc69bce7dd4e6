import type { ClarityField, ClarityType } from '@clarity-runtime/core';
import { closestName } from '@clarity-runtime/core/text';
import { listed, type Encoding } from './encoding.ts';
import { writeRecord, writeUnion, type CoreValue, floatBits, strideOf, writeSlot } from './layout.ts';
import type { JsonObject, JsonValue } from '../json/json-value.ts';
import { boxOf, definitionOf, isEnumeration, isOptional, TAG, type UnionDefinition, isNullable } from './type-forms.ts';
import type { MapKey, MapValue } from '../guest/map-history.ts';
import { encodeInteger, encodeScalar } from './encode-scalar.ts';

/** Encodes a record or a union of the document by its name. */
export function encodeNamed(encoding: Encoding, name: string, value: JsonValue): number {
  const definition = definitionOf(encoding.types, name);
  if (definition === undefined) throw new Error(`the type ${name} is not described`);
  if (definition.kind === 'union') return encodeUnion(encoding, definition, value);
  const { fields } = definition;
  const object = encoding.expectObject(value, `an object (${name})`);
  encoding.expectNames(object, namesOf(fields));
  const cores = encodeFields(encoding, fields, object);
  return writeRecord(encoding.state.memory, { types: fields.map(({ type }) => type), cores });
}

function encodeUnion(encoding: Encoding, union: UnionDefinition, value: JsonValue): number {
  const names = union.variants.map(({ name }) => name);
  const object = isEnumeration(union) ? undefined : encoding.expectObject(value, 'an object with a "tag"');
  const name = object === undefined ? value : object.get(TAG);
  const tag = typeof name === 'string' ? names.indexOf(name) : -1;
  if (tag === -1) {
    const subject = object === undefined ? '' : '"tag" to be ';
    throw encoding.wrong(`expected ${subject}one of ${listed(names)}${meant(name, names)}`);
  }
  const fields = union.variants[tag]?.fields ?? [];
  const cores = object === undefined ? [] : encodeContent(encoding, { union, fields }, object);
  const variants = union.variants.map((variant) => variant.fields.map(({ type }) => type));
  return writeUnion(encoding.state.memory, variants, { tag, cores });
}

function meant(name: JsonValue | undefined, names: readonly string[]): string {
  const closest = typeof name === 'string' ? closestName(name, names) : undefined;
  return closest === undefined ? '' : `; did you mean '${closest}'?`;
}

interface VariantFields {
  readonly union: UnionDefinition;
  readonly fields: readonly ClarityField[];
}

/** Encodes the fields of a variant, which are beside its tag or in a separate object. */
function encodeContent(encoding: Encoding, { union, fields }: VariantFields, object: JsonObject): readonly CoreValue[] {
  const box = fields.length === 0 ? undefined : boxOf(union);
  encoding.expectNames(object, [TAG, ...(box === undefined ? namesOf(fields) : [box])]);
  if (box === undefined) return encodeFields(encoding, fields, object);
  return encoding.at(box, () => {
    const boxed = encoding.expectObject(object.get(box) ?? null, 'an object');
    encoding.expectNames(boxed, namesOf(fields));
    return encodeFields(encoding, fields, boxed);
  });
}

const encodeFields = (encoding: Encoding, fields: readonly ClarityField[], object: JsonObject): readonly CoreValue[] =>
  fields.map(({ name, type }) => {
    const member = object.get(name);
    if (member === undefined && !isOptional(type)) throw encoding.wrong(`the field '${name}' is missing`);
    return encoding.within(name, type, member ?? null);
  });

const namesOf = (fields: readonly ClarityField[]): readonly string[] => fields.map(({ name }) => name);

type Of<Kind extends ClarityType['kind']> = Extract<ClarityType, { kind: Kind }>;

/** Approximate bytes that the host spends on one part of a value. */
const BYTES_PER_PART = 16;

/** Writes the value into the memory of the module. Returns the value to pass to WebAssembly. */
export function encodeValue(encoding: Encoding, type: ClarityType, value: JsonValue): CoreValue {
  encoding.state.budget.charge(BYTES_PER_PART);
  switch (type.kind) {
    case 'List':
      return encodeList(encoding, type, value);
    case 'Option':
      return encodeOption(encoding, type, value);
    case 'Result':
      return encodeResult(encoding, type, value);
    case 'Map':
      return encodeMap(encoding, type, value);
    case 'Named':
      return encodeNamed(encoding, type.name, value);
    default:
      return encodeScalar(encoding, type.kind, value);
  }
}

function encodeList(encoding: Encoding, { element }: Of<'List'>, value: JsonValue): number {
  if (!Array.isArray(value)) throw encoding.refuse('a list', value);
  const items = value as readonly JsonValue[];
  const { lists, memory } = encoding.state;
  const stride = strideOf(element);
  const { pointer, data } = lists.create(items.length, stride);
  for (const [index, item] of items.entries()) {
    const core = encoding.within(index, element, item);
    writeSlot(memory, data + index * stride, { type: element, core });
  }
  return pointer;
}

function encodeOption(encoding: Encoding, { value: type }: Of<'Option'>, value: JsonValue): number {
  const { memory } = encoding.state;
  if (value === null) return writeUnion(memory, [[type], []], { tag: 1, cores: [] });
  const core = isNullable(type) ? encodeTagged(encoding, type, value) : encodeValue(encoding, type, value);
  return writeUnion(memory, [[type], []], { tag: 0, cores: [core] });
}

function encodeTagged(encoding: Encoding, type: ClarityType, value: JsonValue): CoreValue {
  const wrapped = encoding.expectObject(value, 'null or {"tag":"Some","value":...}');
  encoding.expectNames(wrapped, [TAG, 'value']);
  if (wrapped.get(TAG) !== 'Some') throw encoding.wrong('expected "tag" to be "Some"');
  return encoding.within('value', type, wrapped.get('value') ?? null);
}

function encodeResult(encoding: Encoding, { ok, error }: Of<'Result'>, value: JsonValue): number {
  const expected = '{"ok":...} or {"err":...}';
  const wrapped = encoding.expectObject(value, expected);
  encoding.expectNames(wrapped, ['ok', 'err']);
  if (wrapped.size !== 1) throw encoding.wrong(`expected ${expected}`);
  const [name, type, tag] = wrapped.has('ok') ? (['ok', ok, 0] as const) : (['err', error, 1] as const);
  const core = encoding.within(name, type, wrapped.get(name) ?? null);
  return writeUnion(encoding.state.memory, [[ok], [error]], { tag, cores: [core] });
}

function encodeMap(encoding: Encoding, { key, value: type }: Of<'Map'>, value: JsonValue): number {
  const entries = new Map<MapKey, MapValue>();
  for (const [name, member] of encoding.expectObject(value, 'an object')) {
    const word = key.kind === 'String' ? name : integerName(encoding, name);
    const core = encoding.within(name, type, member);
    entries.set(word, type.kind === 'Float64' ? floatBits(Number(core)) : core);
  }
  return encoding.state.maps.create(entries);
}

const integerName = (encoding: Encoding, name: string): bigint =>
  encoding.at(name, () => encodeInteger(encoding, name, 'a name of decimal digits'));
