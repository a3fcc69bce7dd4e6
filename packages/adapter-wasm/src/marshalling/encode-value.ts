import type { ClarityType } from '@clarity-runtime/core';
import type { MapKey, MapValue } from '../guest/map-history.ts';
import { encodeNamed } from './encode-named.ts';
import { encodeInteger, encodeScalar } from './encode-scalar.ts';
import type { Encoding } from './encoding.ts';
import { floatBits } from './float-bits.ts';
import { writeUnion } from './guest-cells.ts';
import type { JsonValue } from '../json/json-value.ts';
import { strideOf, writeSlot, type CoreValue } from './layout.ts';
import { isNullable, TAG } from './type-forms.ts';

type Of<Kind extends ClarityType['kind']> = Extract<ClarityType, { kind: Kind }>;

/** Bytes that the host spends on a part of a value, about. */
const BYTES_PER_PART = 16;

/** Writes the value where the module can read it, and gives what WebAssembly passes for it. */
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
