import { GuestTrap } from '../guest/guest-error.ts';
import { writeNone, writeOption, writeSomeFloat } from './guest-results.ts';
import type { ImportGroup } from './host-import.ts';

const MAX_INTEGER_LENGTH = 1_000;

const isInt64 = (value: bigint): boolean => value === BigInt.asIntN(64, value);

function toInteger(value: number): bigint {
  if (!Number.isFinite(value)) throw new GuestTrap(`float_to_int: ${String(value)} is not an integer`);
  const integer = BigInt(Math.trunc(value));
  if (!isInt64(integer)) throw new GuestTrap(`float_to_int: ${String(value)} is outside the range of Int64`);
  return integer;
}

function readInteger(text: string): bigint | undefined {
  if (text.length > MAX_INTEGER_LENGTH || !/^-?\d+$/.test(text)) return undefined;
  const value = BigInt(text);
  return isInt64(value) ? value : undefined;
}

const least = (left: bigint, right: bigint): bigint => (left < right ? left : right);
const greatest = (left: bigint, right: bigint): bigint => (left > right ? left : right);

export const NUMBER_IMPORTS: ImportGroup = {
  int_to_float: () => (value: bigint) => Number(value),
  /** Truncates the fraction. Traps on a value outside Int64. */
  float_to_int: () => toInteger,
  int_to_string:
    ({ texts }) =>
    (value: bigint) =>
      texts.write(String(value)),
  float_to_string:
    ({ texts }) =>
    (value: number) =>
      texts.write(String(value)),
  string_to_int: (host) => (text: number) => writeOption(host, readInteger(host.texts.read(text).trim())),
  string_to_float: (host) => (pointer: number) => {
    const text = host.texts.read(pointer).trim();
    const value = text === '' ? NaN : Number(text);
    return Number.isNaN(value) ? writeNone(host) : writeSomeFloat(host, value);
  },
  /** Returns the absolute value; the minimum of Int64 stays negative, as in `0 - value`. */
  abs_int: () => (value: bigint) => BigInt.asIntN(64, value < 0n ? -value : value),
  min_int: () => least,
  max_int: () => greatest,
  int_clamp: () => (value: bigint, from: bigint, to: bigint) => greatest(from, least(value, to)),
  float_clamp: () => (value: number, from: number, to: number) => Math.max(from, Math.min(value, to)),
  sqrt: () => Math.sqrt,
  floor: () => Math.floor,
  ceil: () => Math.ceil,
  log: () => Math.log,
  log2: () => Math.log2,
  log10: () => Math.log10,
  exp: () => Math.exp,
  sin: () => Math.sin,
  cos: () => Math.cos,
  tan: () => Math.tan,
  pow: () => (base: number, exponent: number) => base ** exponent,
  atan2: () => Math.atan2,
  f64_rem: () => (value: number, divisor: number) => value % divisor,
};
