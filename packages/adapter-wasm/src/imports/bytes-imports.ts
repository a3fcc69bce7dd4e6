import { createHash } from 'node:crypto';
import { GuestLimit, GuestTrap } from '../guest/guest-error.ts';
import type { ImportGroup } from './host-import.ts';
import type { GuestContext } from '../guest/host-state.ts';
import { joinTexts } from '../guest/join-strings.ts';
import { clampedRange } from './text-ranges.ts';

const PREFIX = 4;

/** Returns the address of a byte. @throws GuestTrap when the index is out of range. */
function place({ memory }: GuestContext, bytes: number, index: bigint): number {
  const { start, length } = memory.contentOf(bytes);
  if (index < 0n || index >= BigInt(length)) {
    throw new GuestTrap(`index ${String(index)} is out of range for ${String(length)} bytes`);
  }
  return start + Number(index);
}

const byteAt = ({ memory }: GuestContext, address: number): number => memory.window(address, 1)[0] ?? 0;

/** Copies the bytes `[start, start + length)`. */
function slice({ memory }: GuestContext, bytes: number, [start, end]: readonly [number, number]): number {
  const content = memory.contentOf(bytes);
  const copy = memory.allocBytes(end - start);
  memory.copy(copy + PREFIX, content.start + start, end - start);
  return copy;
}

export const BYTES_IMPORTS: ImportGroup = {
  /** Creates bytes of value 0. */
  bytes_new:
    ({ memory }) =>
    (length: bigint) => {
      if (length < 0n) throw new GuestTrap(`bytes_new: ${String(length)} is not a length`);
      if (length > BigInt(memory.available)) throw new GuestLimit('the function asked for more bytes than its memory');
      const bytes = memory.allocBytes(Number(length));
      memory.fill(bytes + PREFIX, Number(length), 0);
      return bytes;
    },
  bytes_length:
    ({ memory }) =>
    (bytes: number) =>
      BigInt(memory.lengthOf(bytes)),
  bytes_get: (host) => (bytes: number, index: bigint) => BigInt(byteAt(host, place(host, bytes, index))),
  /** Writes the lowest 8 bits of the value. */
  bytes_set: (host) => (bytes: number, index: bigint, value: bigint) => {
    place(host, bytes, index);
    const copy = slice(host, bytes, [0, host.memory.lengthOf(bytes)]);
    host.memory.fill(copy + PREFIX + Number(index), 1, Number(BigInt.asUintN(8, value)));
    return copy;
  },
  /** Copies a range, clamped to the existing bytes. */
  bytes_slice: (host) => (bytes: number, start: bigint, length: bigint) =>
    slice(host, bytes, clampedRange(start, length, host.memory.lengthOf(bytes))),
  bytes_concat:
    ({ memory }) =>
    (left: number, right: number) =>
      joinTexts(memory, left, right),
  bytes_from_string: (host) => (text: number) => slice(host, text, [0, host.memory.lengthOf(text)]),
  /** Decodes UTF-8. Invalid bytes become U+FFFD. */
  bytes_to_string:
    ({ texts }) =>
    (bytes: number) =>
      texts.write(texts.read(bytes)),
  /** Hashes the UTF-8 of a text; lower-case hex. */
  sha256:
    ({ memory, texts }) =>
    (text: number) =>
      texts.write(createHash('sha256').update(memory.bytesAt(text)).digest('hex')),
};
