import { GuestLimit } from '../guest/guest-error.ts';
import type { GuestContext } from '../guest/host-state.ts';

/** Option and Result are unions: the tag, then the payload at offset 8. The tag of `Some` and `Ok` is 0. */
const PAYLOAD = 8;
const CELL = 16;

export function writeNone({ memory }: GuestContext): number {
  const pointer = memory.alloc(CELL);
  memory.writeU32(pointer, 1);
  return pointer;
}

/** Writes `Some` or `Ok` of a pointer, a handle or a Bool (a number), or of 64 bits (a bigint). */
export function writeSome({ memory }: GuestContext, value: number | bigint): number {
  const pointer = memory.alloc(CELL);
  memory.writeU32(pointer, 0);
  if (typeof value === 'bigint') memory.writeI64(pointer + PAYLOAD, value);
  else memory.writeU32(pointer + PAYLOAD, value);
  return pointer;
}

export function writeSomeFloat({ memory }: GuestContext, value: number): number {
  const pointer = memory.alloc(CELL);
  memory.writeU32(pointer, 0);
  memory.writeF64(pointer + PAYLOAD, value);
  return pointer;
}

export const writeOption = (host: GuestContext, value: number | bigint | undefined): number =>
  value === undefined ? writeNone(host) : writeSome(host, value);

export const writeTextOption = (host: GuestContext, text: string | undefined): number =>
  writeOption(host, text === undefined ? undefined : host.texts.write(text));

export function writeErr({ memory, texts }: GuestContext, message: string): number {
  const text = texts.write(message);
  const pointer = memory.alloc(CELL);
  memory.writeU32(pointer, 1);
  memory.writeU32(pointer + PAYLOAD, text);
  return pointer;
}

/** Writes a `List<String>`. */
export function writeTextList({ lists, memory, texts }: GuestContext, items: readonly string[]): number {
  const { pointer, data } = lists.create(items.length, 4);
  for (const [index, item] of items.entries()) memory.writeU32(data + index * 4, texts.write(item));
  return pointer;
}

/** Returns how many strings a list can contain in the remaining memory. */
export const mostItems = ({ memory }: GuestContext): number => Math.floor(memory.available / 4);

/** Rejects a text that is larger than the memory, before it is built. A code unit takes at least one byte. */
export function checkTextLength({ memory, budget }: GuestContext, units: number): void {
  if (units > memory.available) throw new GuestLimit('the function built a text that is larger than its memory');
  budget.charge(units);
}
