import type { ClarityType } from '@clarity-runtime/core';
import type { GuestMemory } from '../guest/guest-memory.ts';
import type { ElementSize } from '../guest/guest-lists.ts';

const word = new DataView(new ArrayBuffer(8));

/** Returns the 64 bits of a Float64 as a signed integer, the form in which a Map stores it. */
export function floatBits(value: number): bigint {
  word.setFloat64(0, value);
  return word.getBigInt64(0);
}

export function floatOfBits(bits: bigint): number {
  word.setBigInt64(0, bits);
  return word.getFloat64(0);
}

const toFloat32 = (bits: number): number => {
  word.setUint32(0, bits);
  return word.getFloat32(0);
};

const float32Bits = (value: number): number => {
  word.setFloat32(0, value);
  return word.getUint32(0);
};

/** A value at the boundary of WebAssembly: i64 is a bigint, i32, f32 and f64 are numbers. */
export type CoreValue = number | bigint;

/** Offset of the payload of a union, after its tag. */
export const PAYLOAD = 8;

/** Returns the core type of a type. Unit is not passed. */
export function coreTypeOf({ kind }: ClarityType): CoreType | undefined {
  if (kind === 'Unit') return undefined;
  if (kind === 'Int64' || kind === 'Timestamp') return 'i64';
  if (kind === 'Float32') return 'f32';
  return kind === 'Float64' ? 'f64' : 'i32';
}

export const strideOf = (element: ClarityType): ElementSize => (sizeOf(element) === 8 ? 8 : 4);

/** Fields in declaration order, each at a multiple of its size. The total size is a multiple of 4. */
export function recordLayout(types: readonly ClarityType[]): { readonly offsets: readonly number[]; size: number } {
  const offsets: number[] = [];
  let end = 0;
  for (const type of types) {
    const size = sizeOf(type);
    const offset = alignUp(end, size === 8 ? 8 : 4);
    offsets.push(offset);
    end = offset + size;
  }
  return { offsets, size: alignUp(end, 4) };
}

export function readSlot(memory: GuestMemory, address: number, type: ClarityType): CoreValue {
  switch (coreTypeOf(type)) {
    case 'i64':
      return memory.readI64(address);
    case 'f64':
      return memory.readF64(address);
    case 'f32':
      return toFloat32(memory.readU32(address));
    case 'i32':
      return memory.readU32(address);
    default:
      return 0;
  }
}

export function writeSlot(memory: GuestMemory, address: number, value: { type: ClarityType; core: CoreValue }): void {
  const { type, core } = value;
  const coreType = coreTypeOf(type);
  if (coreType === 'i64') memory.writeI64(address, BigInt(core));
  else if (coreType === 'f64') memory.writeF64(address, Number(core));
  else if (coreType === 'f32') memory.writeU32(address, float32Bits(Number(core)));
  else if (coreType === 'i32') memory.writeU32(address, Number(core));
}

const sizeOf = (type: ClarityType): number => ({ i32: 4, i64: 8, f32: 4, f64: 8, none: 0 })[coreTypeOf(type) ?? 'none'];

const alignUp = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment;

/** The types of some fields and their values, in declaration order. */
export interface CellFields {
  readonly types: readonly ClarityType[];
  readonly cores: readonly CoreValue[];
}

/** Writes a record and returns its pointer. */
export function writeRecord(memory: GuestMemory, fields: CellFields): number {
  const pointer = memory.alloc(recordLayout(fields.types).size);
  writeFields(memory, pointer, fields);
  return pointer;
}

/** Writes a value of a union with the size of its largest variant, and returns its pointer. */
export function writeUnion(memory: GuestMemory, variants: readonly (readonly ClarityType[])[], value: Tagged): number {
  const largest = variants.reduce((most, types) => Math.max(most, recordLayout(types).size), 0);
  const pointer = memory.alloc(PAYLOAD + largest);
  memory.writeU32(pointer, value.tag);
  writeFields(memory, pointer + PAYLOAD, { types: variants[value.tag] ?? [], cores: value.cores });
  return pointer;
}

interface Tagged {
  readonly tag: number;
  readonly cores: readonly CoreValue[];
}

function writeFields(memory: GuestMemory, address: number, { types, cores }: CellFields): void {
  const { offsets } = recordLayout(types);
  for (const [index, type] of types.entries()) {
    writeSlot(memory, address + (offsets[index] ?? 0), { type, core: cores[index] ?? 0 });
  }
}

export type CoreType = 'i32' | 'i64' | 'f32' | 'f64';
