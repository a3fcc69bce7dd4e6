import { actual, type Field, type Type, type Variant } from './type.ts';

/** How a value travels through WebAssembly; `none` for Unit, which has no value. */
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
    // A variable that nothing bound stands for a value that never is; any representation will do.
    default:
      return 'i32';
  }
}

const sizeInMemory = (type: Type): number => ({ i32: 4, i64: 8, f64: 8, none: 0 })[coreType(type)];

/** Bytes from one element of a list to the next. */
export const elementStride = (element: Type): number => (sizeInMemory(element) === 8 ? 8 : 4);

export interface RecordLayout {
  readonly offsets: readonly number[];
  readonly size: number;
}

/** Fields in declaration order, each at a multiple of its size; the whole rounded up to 4. */
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

/** The payload of every variant of a union begins here, after the tag. */
export const PAYLOAD = 8;

/** Every value of a union is as large as its largest variant. */
export const unionSize = (variants: readonly Variant[]): number =>
  PAYLOAD + variants.reduce((largest, { fields }) => Math.max(largest, recordLayout(fields).size), 0);

export const alignUp = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment;
