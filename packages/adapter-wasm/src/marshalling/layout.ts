import type { ClarityType } from '@clarity-runtime/core';
import type { CoreType } from '../imports/import-table.ts';
import type { GuestMemory } from '../guest/guest-memory.ts';
import type { Stride } from '../guest/guest-lists.ts';

/** A value as WebAssembly passes it: i64 as a bigint, i32 and f64 as numbers. */
export type CoreValue = number | bigint;

/** Where the payload of a union begins, after its tag. */
export const PAYLOAD = 8;

/** How WebAssembly passes a value of the type; Unit is passed as nothing. */
export function coreTypeOf({ kind }: ClarityType): CoreType | undefined {
  if (kind === 'Unit') return undefined;
  if (kind === 'Int64' || kind === 'Timestamp') return 'i64';
  return kind === 'Float64' ? 'f64' : 'i32';
}

export const strideOf = (element: ClarityType): Stride => (sizeOf(element) === 8 ? 8 : 4);

/** Fields in declaration order, each at a multiple of its size; the whole is rounded up to 4. */
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
  else if (coreType === 'i32') memory.writeU32(address, Number(core));
}

const sizeOf = (type: ClarityType): number => ({ i32: 4, i64: 8, f64: 8, none: 0 })[coreTypeOf(type) ?? 'none'];

const alignUp = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment;
