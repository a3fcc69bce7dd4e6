import type { ByteReader } from './byte-reader.ts';
import { invalid } from './module-refusal.ts';

/** The declared minimum and maximum of a memory or a table. */
export interface SizeRange {
  readonly min: number;
  readonly max: number | undefined;
}

const HAS_MAX = 1;
const SHARED = 2;
const WIDE = 4;

export function readSizeRange(reader: ByteReader): SizeRange {
  const flags = reader.byte();
  if ((flags & WIDE) !== 0) throw invalid('it uses 64-bit memory, which is not accepted');
  if ((flags & SHARED) !== 0) throw invalid('it uses shared memory, which is not accepted');
  if (flags > HAS_MAX) throw invalid('it declares a memory or table of an unknown kind');
  const min = reader.u32();
  return { min, max: flags === HAS_MAX ? reader.u32() : undefined };
}

/** Returns the range with a maximum of at most `cap`. Rejects a minimum above `cap`. */
export function capSizeRange({ min, max }: SizeRange, cap: number, what: string): SizeRange {
  if (min > cap) throw invalid(`it wants ${String(min)} ${what} from the start, the limit is ${String(cap)}`);
  return { min, max: Math.min(max ?? cap, cap) };
}

/** Encodes a range with a maximum in the binary format. */
export const writeSizeRange = ({ min, max = min }: SizeRange): readonly number[] => [
  HAS_MAX,
  ...writeU32(min),
  ...writeU32(max),
];

export function writeU32(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
