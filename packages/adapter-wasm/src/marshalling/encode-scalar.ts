import type { ClarityType } from '@clarity-runtime/core';
import type { Encoding } from './encoding.ts';
import { parseIsoTime } from '../json/iso-time.ts';
import type { JsonValue } from '../json/json-value.ts';
import type { CoreValue } from './layout.ts';

export type ScalarKind = Exclude<ClarityType['kind'], 'List' | 'Option' | 'Result' | 'Map' | 'Named'>;

const MIN_VALUE = -(1n << 63n);
const GREATEST = (1n << 63n) - 1n;
const RANGE = `an integer from ${String(MIN_VALUE)} to ${String(GREATEST)}`;
const DIGITS = /^-?\d{1,40}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const SPECIAL: ReadonlyMap<JsonValue, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

export function encodeScalar(encoding: Encoding, kind: ScalarKind, value: JsonValue): CoreValue {
  switch (kind) {
    case 'Int64':
      return encodeInteger(encoding, value, 'an integer or its decimal digits in a string');
    case 'Float64':
      return encodeFloat(encoding, value);
    case 'Int32':
      return encodeWord(encoding, value, { least: -0x8000_0000, most: 0x7fff_ffff });
    case 'UInt32':
      return encodeWord(encoding, value, { least: 0, most: 0xffff_ffff });
    case 'Float32':
      return encodeFloat32(encoding, value);
    case 'Bool':
      if (typeof value !== 'boolean') throw encoding.refuse('true or false', value);
      return value ? 1 : 0;
    case 'String':
      if (typeof value !== 'string') throw encoding.refuse('a string', value);
      return encoding.state.texts.write(value);
    case 'Bytes':
      return encodeBytes(encoding, value);
    case 'Timestamp':
      return encodeTime(encoding, value);
    case 'Unit':
      if (value !== null) throw encoding.refuse('null', value);
      return 0;
  }
}

/** Parses an integer in the range of Int64, also from the name of a member. */
export function encodeInteger(encoding: Encoding, value: JsonValue, expected: string): bigint {
  const integer = exactInteger(value);
  if (integer === 'unsafe') throw encoding.refuse(`${RANGE}, written with all its digits`, value);
  if (integer === undefined) throw encoding.refuse(expected, value);
  if (integer < MIN_VALUE || integer > GREATEST) throw encoding.wrong(`expected ${RANGE}`);
  return integer;
}

/** `unsafe`: a number that may have lost precision before it was read. */
function exactInteger(value: JsonValue): bigint | 'unsafe' | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string') return DIGITS.test(value) ? BigInt(value) : undefined;
  if (typeof value !== 'number') return undefined;
  if (Number.isSafeInteger(value)) return BigInt(value);
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? 'unsafe' : undefined;
}

function encodeFloat(encoding: Encoding, value: JsonValue): number {
  const special = SPECIAL.get(value);
  if (special !== undefined) return special;
  if (typeof value !== 'number' && typeof value !== 'bigint') throw encoding.refuse('a number', value);
  const float = Number(value);
  if (!Number.isFinite(float)) throw encoding.wrong('the number is too large; infinity is the string "Infinity"');
  return float;
}

function encodeWord(encoding: Encoding, value: JsonValue, { least, most }: { least: number; most: number }): number {
  const integer = encodeInteger(encoding, value, 'an integer');
  if (integer >= least && integer <= most) return Number(integer);
  throw encoding.wrong(`expected an integer from ${String(least)} to ${String(most)}`);
}

function encodeFloat32(encoding: Encoding, value: JsonValue): number {
  const float = encodeFloat(encoding, value);
  if (!Number.isFinite(float) || Number.isFinite(Math.fround(float))) return Math.fround(float);
  throw encoding.wrong('the number is too large for 32 bits; infinity is the string "Infinity"');
}

function encodeBytes(encoding: Encoding, value: JsonValue): number {
  if (typeof value !== 'string') throw encoding.refuse('bytes in base64', value);
  if (value.length % 4 !== 0 || !BASE64.test(value)) throw encoding.wrong('the string is not base64');
  encoding.state.budget.charge(value.length);
  return encoding.state.memory.writeBytes(Buffer.from(value, 'base64'));
}

function encodeTime(encoding: Encoding, value: JsonValue): bigint {
  const expected = 'an ISO 8601 date and time, or milliseconds since 1970';
  const time = typeof value === 'string' ? parseIsoTime(value) : undefined;
  return time === undefined ? encodeInteger(encoding, value, expected) : BigInt(time);
}
