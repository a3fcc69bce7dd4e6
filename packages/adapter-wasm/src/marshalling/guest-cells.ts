import type { ClarityType } from '@clarity-runtime/core';
import type { GuestMemory } from '../guest/guest-memory.ts';
import { PAYLOAD, recordLayout, writeSlot, type CoreValue } from './layout.ts';

/** The types of some fields and their values, in declaration order. */
export interface CellFields {
  readonly types: readonly ClarityType[];
  readonly cores: readonly CoreValue[];
}

/** A record in memory; the pointer to it. */
export function writeRecord(memory: GuestMemory, fields: CellFields): number {
  const pointer = memory.alloc(recordLayout(fields.types).size);
  writeFields(memory, pointer, fields);
  return pointer;
}

/** A value of a union in memory, as large as the largest of its variants; the pointer to it. */
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
