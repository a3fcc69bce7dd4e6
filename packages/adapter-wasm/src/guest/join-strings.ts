import { VIEW, type ByteRange, type GuestMemory } from './guest-memory.ts';

const MAX_PLAIN_LENGTH = 64;
const VIEW_SIZE = 12;
const HEADER = 16;

/** Offsets in the header of a buffer: the bounds of its space and of its claimed part. */
const SPACE_START = 0;
const SPACE_END = 4;
const TAKEN_START = 8;
const TAKEN_END = 12;

/**
 * Returns the concatenation of two texts. A text of more than 64 bytes can be a view: `[length with the top bit
 * set][address of the bytes][buffer]`. Views share bytes, which never change. A join to the text that ends or begins at
 * a bound of the claimed part of its buffer continues in place; any other join copies. Building a text piece by piece,
 * at its end or its beginning, therefore takes memory in proportion to its length and to the number of pieces.
 */
export function joinTexts(memory: GuestMemory, left: number, right: number): number {
  const [first, second] = [memory.contentOf(left), memory.contentOf(right)];
  if (second.length === 0) return left;
  if (first.length === 0) return right;
  const length = first.length + second.length;
  if (length <= MAX_PLAIN_LENGTH) return plain(memory, first, second);
  const behind = bufferOf(memory, left);
  if (behind !== 0 && claimsBehind(memory, behind, first, second.length)) {
    memory.copy(first.start + first.length, second.start, second.length);
    return view(memory, { start: first.start, length }, behind);
  }
  const before = bufferOf(memory, right);
  if (before !== 0 && claimsBefore(memory, before, second, first.length)) {
    memory.copy(second.start - first.length, first.start, first.length);
    return view(memory, { start: second.start - first.length, length }, before);
  }
  const size = HEADER + 2 * length;
  return size + 2 * VIEW_SIZE <= memory.available ? buffered(memory, first, second) : plain(memory, first, second);
}

function plain(memory: GuestMemory, first: ByteRange, second: ByteRange): number {
  const joined = memory.allocBytes(first.length + second.length);
  const { start } = memory.contentOf(joined);
  memory.copy(start, first.start, first.length);
  memory.copy(start + first.length, second.start, second.length);
  return joined;
}

/** Joins in a new buffer with twice the space, on the side of the shorter text. */
function buffered(memory: GuestMemory, first: ByteRange, second: ByteRange): number {
  const length = first.length + second.length;
  const buffer = memory.alloc(HEADER + 2 * length);
  const space = buffer + HEADER;
  const start = first.length >= second.length ? space : space + length;
  memory.writeU32(buffer + SPACE_START, space);
  memory.writeU32(buffer + SPACE_END, space + 2 * length);
  memory.writeU32(buffer + TAKEN_START, start);
  memory.writeU32(buffer + TAKEN_END, start + length);
  memory.copy(start, first.start, first.length);
  memory.copy(start + first.length, second.start, second.length);
  return view(memory, { start, length }, buffer);
}

/** Returns the buffer that contains a text, or 0. */
const bufferOf = (memory: GuestMemory, pointer: number): number =>
  memory.readU32(pointer) < VIEW ? 0 : memory.readU32((pointer >>> 0) + 8);

function claimsBehind(memory: GuestMemory, buffer: number, text: ByteRange, extra: number): boolean {
  const end = text.start + text.length;
  if (memory.readU32(buffer + TAKEN_END) !== end || end + extra > memory.readU32(buffer + SPACE_END)) return false;
  memory.writeU32(buffer + TAKEN_END, end + extra);
  return true;
}

function claimsBefore(memory: GuestMemory, buffer: number, text: ByteRange, extra: number): boolean {
  const start = text.start - extra;
  const isFirst = memory.readU32(buffer + TAKEN_START) === text.start;
  if (!isFirst || start < memory.readU32(buffer + SPACE_START)) return false;
  memory.writeU32(buffer + TAKEN_START, start);
  return true;
}

function view(memory: GuestMemory, { start, length }: ByteRange, buffer: number): number {
  const pointer = memory.alloc(VIEW_SIZE);
  memory.writeU32(pointer, VIEW + length);
  memory.writeU32(pointer + 4, start);
  memory.writeU32(pointer + 8, buffer);
  return pointer;
}
