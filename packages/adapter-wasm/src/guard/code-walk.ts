import type { ByteReader } from './byte-reader.ts';
import { invalid } from './module-refusal.ts';
import { isValueType, readValueType } from './value-type.ts';

/** Deeper nesting costs the compiler hundreds of megabytes. */
const MAX_DEPTH = 2_000;
const MAX_LOCALS = 50_000;
const EMPTY_BLOCK = 0x40;
const OTHER_MEMORY = 0x40;

/**
 * Checks one function body, instruction by instruction. Instructions outside the allowed list are rejected: a loop of
 * tail calls cannot be stopped, and an unused feature only adds attack surface. Returns whether the body writes state
 * outside the memory.
 */
export function walkBody(body: ByteReader): { readonly changesSegments: boolean } {
  skipLocals(body);
  let depth = 1;
  let changesSegments = false;
  while (!body.done) {
    const opcode = body.byte();
    if (opcode >= 0x02 && opcode <= 0x04) {
      skipBlockType(body);
      depth += 1;
      if (depth > MAX_DEPTH) throw invalid(`it nests blocks deeper than ${String(MAX_DEPTH)}`);
    } else if (opcode === 0x0b) {
      depth -= 1;
      if (depth === 0) break;
    } else if (opcode === 0xfc) {
      if (skipBulk(body)) changesSegments = true;
    } else {
      if (opcode === 0x26) changesSegments = true;
      skipImmediates(body, opcode);
    }
  }
  if (depth !== 0 || !body.done) throw invalid('a function body does not end where it says');
  return { changesSegments };
}

function skipLocals(body: ByteReader): void {
  let total = 0;
  for (let groups = body.count('groups of locals', MAX_LOCALS); groups > 0; groups -= 1) {
    total += body.u32();
    if (total > MAX_LOCALS) throw invalid(`a function has more than ${String(MAX_LOCALS)} locals`);
    readValueType(body);
  }
}

function skipBlockType(body: ByteReader): void {
  const first = body.bytes[body.offset] ?? 0;
  if (first === EMPTY_BLOCK || isValueType(first)) body.skip(1);
  else body.skipNumber(5);
}

function skipImmediates(body: ByteReader, opcode: number): void {
  if (opcode >= 0x45 && opcode <= 0xc4) return;
  if (opcode >= 0x28 && opcode <= 0x3e) {
    skipAddress(body);
    return;
  }
  if (opcode >= 0x20 && opcode <= 0x26) {
    body.u32();
    return;
  }
  switch (opcode) {
    case 0x00: // unreachable
    case 0x01: // nop
    case 0x05: // else
    case 0x0f: // return
    case 0x1a: // drop
    case 0x1b: // select
    case 0xd1: // ref.is_null
      return;
    case 0x0c: // br
    case 0x0d: // br_if
    case 0x10: // call
    case 0xd2: // ref.func
      body.u32();
      return;
    case 0x0e: // br_table
      for (let targets = body.count('branch targets', body.end); targets >= 0; targets -= 1) body.u32();
      return;
    case 0x11: // call_indirect
      body.u32();
      body.u32();
      return;
    case 0x1c: // select with types
      for (let left = body.count('types in a select', 1); left > 0; left -= 1) readValueType(body);
      return;
    case 0x3f: // memory.size
    case 0x40: // memory.grow
      onlyMemory(body);
      return;
    case 0x41: // i32.const
      body.skipNumber(5);
      return;
    case 0x42: // i64.const
      body.skipNumber(10);
      return;
    case 0x43: // f32.const
      body.skip(4);
      return;
    case 0x44: // f64.const
      body.skip(8);
      return;
    case 0xd0: // ref.null
      readValueType(body);
      return;
    default:
      throw invalid(`it uses ${nameOf(opcode)}, which is not accepted`);
  }
}

/** Skips an instruction with the prefix 0xfc. Returns whether it changes a table, or drops or reads a segment. */
function skipBulk(body: ByteReader): boolean {
  const opcode = body.u32();
  if (opcode <= 7) return false;
  switch (opcode) {
    case 8: // memory.init
      body.u32();
      onlyMemory(body);
      return true;
    case 10: // memory.copy
      onlyMemory(body);
      onlyMemory(body);
      return false;
    case 11: // memory.fill
      onlyMemory(body);
      return false;
    case 16: // table.size
      body.u32();
      return false;
    case 9: // data.drop
    case 13: // elem.drop
    case 15: // table.grow
    case 17: // table.fill
      body.u32();
      return true;
    case 12: // table.init
    case 14: // table.copy
      body.u32();
      body.u32();
      return true;
    default:
      throw invalid(`it uses the instruction 0xfc 0x${opcode.toString(16)}, which is not accepted`);
  }
}

function skipAddress(body: ByteReader): void {
  if (body.u32() >= OTHER_MEMORY) throw invalid('it uses several memories, which is not accepted');
  body.u32();
}

function onlyMemory(body: ByteReader): void {
  if (body.byte() !== 0) throw invalid('it uses several memories, which is not accepted');
}

function nameOf(opcode: number): string {
  if (opcode === 0x12 || opcode === 0x13 || opcode === 0x15) return 'tail calls (return_call)';
  if (opcode === 0xfb) return 'garbage-collected values';
  if (opcode === 0xfd) return 'vectors (SIMD)';
  if (opcode === 0xfe) return 'threads (atomic instructions)';
  if ((opcode >= 0x06 && opcode <= 0x0a) || opcode === 0x18 || opcode === 0x19 || opcode === 0x1f) return 'exceptions';
  return `the instruction 0x${opcode.toString(16)}`;
}
