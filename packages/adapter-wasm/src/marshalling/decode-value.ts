import type { ScalarKind } from './encode-scalar.ts';
import type { Decoding } from './decoding.ts';
import { formatIsoTime } from '../json/iso-time.ts';
import { type CoreValue, floatOfBits, coreTypeOf, PAYLOAD, readSlot, recordLayout, strideOf } from './layout.ts';
import type { ClarityField, ClarityType } from '@clarity-runtime/core';
import { AbiError } from '../guest/guest-error.ts';
import type { MapValue } from '../guest/map-history.ts';
import { boxOf, definitionOf, isEnumeration, isNullable, TAG, type UnionDefinition } from './type-forms.ts';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Writes the JSON of a value without parts. The size of a text is checked before it is read. */
export function scalarJson({ state, sink }: Decoding, kind: ScalarKind, core: CoreValue): string {
  switch (kind) {
    case 'Int64':
      return integerJson(BigInt(core));
    case 'Int32':
      return String(Number(core) | 0);
    case 'UInt32':
      return String(Number(core) >>> 0);
    case 'Float32':
    case 'Float64':
      return floatJson(Number(core));
    case 'Bool':
      return Number(core) === 0 ? 'false' : 'true';
    case 'String':
      sink.reserve(state.memory.lengthOf(Number(core)));
      return JSON.stringify(state.texts.read(Number(core)));
    case 'Bytes':
      sink.reserve(state.memory.lengthOf(Number(core)));
      return `"${Buffer.from(state.memory.bytesAt(Number(core))).toString('base64')}"`;
    case 'Timestamp':
      return timeJson(BigInt(core));
    case 'Unit':
      return 'null';
  }
}

/** Writes a number when every reader represents it exactly, otherwise a string of decimal digits. */
const integerJson = (value: bigint): string => (value > SAFE || value < -SAFE ? `"${String(value)}"` : String(value));

function floatJson(value: number): string {
  if (!Number.isFinite(value)) return `"${String(value)}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function timeJson(value: bigint): string {
  const text = formatIsoTime(value);
  return text === undefined ? integerJson(value) : `"${text}"`;
}

type Of<Kind extends ClarityType['kind']> = Extract<ClarityType, { kind: Kind }>;

/**
 * Writes the JSON of a value that the module returned or that is in its memory. @throws AbiError for an invalid tag or
 * pointer.
 */
export function decodeValue(decoding: Decoding, type: ClarityType, core: CoreValue): void {
  switch (type.kind) {
    case 'List':
      decodeList(decoding, type, Number(core));
      return;
    case 'Option':
      decodeOption(decoding, type, Number(core));
      return;
    case 'Result':
      decodeResultValue(decoding, type, Number(core));
      return;
    case 'Map':
      decodeMap(decoding, type, Number(core));
      return;
    case 'Named':
      decodeNamed(decoding, type, Number(core));
      return;
    default:
      decoding.sink.write(scalarJson(decoding, type.kind, core));
  }
}

/** Returns the tag of a union's value. @throws AbiError for an unknown variant. */
export function readTag({ state }: Decoding, pointer: number, variants: number): number {
  const tag = state.memory.readU32(pointer);
  if (tag >= variants) throw new AbiError(`the module made a value with the tag ${String(tag)}, which no variant has`);
  return tag;
}

function* elementsOf({ state }: Decoding, { element }: Of<'List'>, pointer: number): Iterable<Entry> {
  const stride = strideOf(element);
  const { count, data } = state.lists.elements(pointer, stride);
  for (let index = 0; index < count; index += 1) {
    yield [undefined, element, readSlot(state.memory, data + index * stride, element)];
  }
}

type Entry = readonly [name: string | undefined, type: ClarityType, core: CoreValue];

function decodeList(decoding: Decoding, type: Of<'List'>, pointer: number): void {
  decoding.collection('[]', elementsOf(decoding, type, pointer));
}

function decodeOption(decoding: Decoding, { value: type }: Of<'Option'>, pointer: number): void {
  if (readTag(decoding, pointer, 2) === 1) {
    decoding.sink.write('null');
    return;
  }
  const core = readSlot(decoding.state.memory, pointer + PAYLOAD, type);
  if (!isNullable(type)) {
    decoding.value(type, core);
    return;
  }
  decoding.sink.write(`{"${TAG}":"Some","value":`);
  decoding.value(type, core);
  decoding.sink.write('}');
}

function decodeResultValue(decoding: Decoding, { ok, error }: Of<'Result'>, pointer: number): void {
  const isOk = readTag(decoding, pointer, 2) === 0;
  const type = isOk ? ok : error;
  decoding.collection('{}', [[isOk ? 'ok' : 'err', type, readSlot(decoding.state.memory, pointer + PAYLOAD, type)]]);
}

function decodeMap(decoding: Decoding, { key, value: type }: Of<'Map'>, handle: number): void {
  const entries = Array.from(decoding.state.maps.entries(handle), ([name, value]): Entry => {
    if ((typeof name === 'string') !== (key.kind === 'String'))
      throw new AbiError('the module gave a map of another type');
    return [String(name), type, mapCore(type, value)];
  });
  decoding.collection('{}', entries);
}

/** Converts a stored value of a map: a Float64 is stored as its bits. */
function mapCore(type: ClarityType, value: MapValue): CoreValue {
  if ((typeof value === 'bigint') !== (type.kind === 'Float64' || coreTypeOf(type) === 'i64')) {
    throw new AbiError('the module gave a map of another type');
  }
  return type.kind === 'Float64' ? floatOfBits(BigInt(value)) : value;
}

function decodeNamed(decoding: Decoding, { name }: Of<'Named'>, pointer: number): void {
  const definition = definitionOf(decoding.types, name);
  if (definition === undefined) throw new Error(`the type ${name} is not described`);
  if (definition.kind === 'union') decodeUnion(decoding, definition, pointer);
  else decoding.collection('{}', fieldsAt(decoding, definition.fields, pointer));
}

function fieldsAt({ state }: Decoding, fields: readonly ClarityField[], address: number): readonly Entry[] {
  const { offsets } = recordLayout(fields.map(({ type }) => type));
  return fields.map(({ name, type }, index) => [
    name,
    type,
    readSlot(state.memory, address + (offsets[index] ?? 0), type),
  ]);
}

function decodeUnion(decoding: Decoding, union: UnionDefinition, pointer: number): void {
  const { sink } = decoding;
  const { name, fields } = union.variants[readTag(decoding, pointer, union.variants.length)] ?? {
    name: '',
    fields: [],
  };
  if (isEnumeration(union)) {
    sink.write(JSON.stringify(name));
    return;
  }
  const members = fieldsAt(decoding, fields, pointer + PAYLOAD);
  const box = fields.length === 0 ? undefined : boxOf(union);
  sink.write(`{"${TAG}":${JSON.stringify(name)}`);
  if (box !== undefined) {
    sink.write(`,"${box}":`);
    decoding.collection('{}', members);
  }
  for (const [member = '', type, core] of box === undefined ? members : []) {
    sink.write(`,${JSON.stringify(member)}:`);
    decoding.value(type, core);
  }
  sink.write('}');
}
