import type { ByteReader } from './byte-reader.ts';
import { invalid } from './module-refusal.ts';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'funcref' | 'externref';

export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

const types: ReadonlyMap<number, ValueType> = new Map([
  [0x7f, 'i32'],
  [0x7e, 'i64'],
  [0x7d, 'f32'],
  [0x7c, 'f64'],
  [0x70, 'funcref'],
  [0x6f, 'externref'],
]);

const FUNCTION = 0x60;
const MAX_VALUES = 1_000;

export const isValueType = (byte: number): boolean => types.has(byte);

export function readValueType(reader: ByteReader): ValueType {
  const byte = reader.byte();
  const type = types.get(byte);
  if (type !== undefined) return type;
  if (byte === 0x7b) throw invalid('it uses vectors (SIMD), which are not accepted');
  throw invalid(`it uses the value type 0x${byte.toString(16)}, which is not accepted`);
}

export function readReferenceType(reader: ByteReader): number {
  const byte = reader.byte();
  if (byte !== 0x70 && byte !== 0x6f) throw invalid('it has a table of a kind that is not accepted');
  return byte;
}

export function readSignature(reader: ByteReader): Signature {
  if (reader.byte() !== FUNCTION) throw invalid('it uses garbage-collected types, which are not accepted');
  return { params: readValues(reader), results: readValues(reader) };
}

const readValues = (reader: ByteReader): readonly ValueType[] =>
  Array.from({ length: reader.count('parameters or results in one function', MAX_VALUES) }, () =>
    readValueType(reader),
  );

/** Returns a signature such as `(i32, i64) -> f64`. */
export const showSignature = ({ params, results }: Signature): string =>
  `(${params.join(', ')}) -> ${results.length === 0 ? 'nothing' : results.join(', ')}`;
