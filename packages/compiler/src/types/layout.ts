import { actual, type Field, type Type, type Variant } from './type.ts';

/** WebAssembly type of a value; `none` for Unit, which has no value. */
export type CoreType = 'i32' | 'i64' | 'f64' | 'none';

export function coreType(type: Type): CoreType {
  switch (actual(type).kind) {
    case 'Int64':
    case 'Timestamp':
      return 'i64';
    case 'Float64':
      return 'f64';
    case 'Unit':
      return 'none';
    // An unbound variable has no values, so any representation is valid.
    default:
      return 'i32';
  }
}

const sizeInMemory = (type: Type): number => ({ i32: 4, i64: 8, f64: 8, none: 0 })[coreType(type)];

/** Returns the size of a list element in bytes. */
export const elementStride = (element: Type): number => (sizeInMemory(element) === 8 ? 8 : 4);

export interface RecordLayout {
  readonly offsets: readonly number[];
  readonly size: number;
}

/** Returns the offsets of fields in declaration order, each a multiple of the field size. The total is a multiple of 4. */
export function recordLayout(fields: readonly Field[]): RecordLayout {
  const offsets: number[] = [];
  let end = 0;
  for (const { type } of fields) {
    const size = sizeInMemory(type);
    const offset = alignUp(end, size === 8 ? 8 : 4);
    offsets.push(offset);
    end = offset + size;
  }
  return { offsets, size: alignUp(end, 4) };
}

/** Offset of the payload of a variant, after the tag. */
export const PAYLOAD = 8;

/** Returns the size of the values of a union in bytes: the size of its largest variant. */
export const unionSize = (variants: readonly Variant[]): number =>
  PAYLOAD + variants.reduce((largest, { fields }) => Math.max(largest, recordLayout(fields).size), 0);

export const alignUp = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment;
