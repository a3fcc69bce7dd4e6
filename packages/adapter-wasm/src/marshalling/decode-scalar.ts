import type { ScalarKind } from './encode-scalar.ts';
import type { Decoding } from './decoding.ts';
import { formatIsoTime } from '../json/iso-time.ts';
import type { CoreValue } from './layout.ts';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The JSON of a value that holds no others. Texts are bounded before they are read. */
export function scalarJson({ state, sink }: Decoding, kind: ScalarKind, core: CoreValue): string {
  switch (kind) {
    case 'Int64':
      return integerJson(BigInt(core));
    case 'Float64':
      return floatJson(Number(core));
    case 'Bool':
      return Number(core) === 0 ? 'false' : 'true';
    case 'String':
      sink.reserve(state.memory.lengthOf(Number(core)));
      return JSON.stringify(state.texts.read(Number(core)));
    case 'Bytes':
      sink.reserve(state.memory.lengthOf(Number(core)));
      return `"${Buffer.from(state.memory.bytesAt(Number(core))).toString('base64')}"`;
    case 'Timestamp':
      return timeJson(BigInt(core));
    case 'Unit':
      return 'null';
  }
}

/** A number when each reader has it exactly, else decimal digits in a string. */
const integerJson = (value: bigint): string => (value > SAFE || value < -SAFE ? `"${String(value)}"` : String(value));

function floatJson(value: number): string {
  if (!Number.isFinite(value)) return `"${String(value)}"`;
  return Object.is(value, -0) ? '-0' : String(value);
}

function timeJson(value: bigint): string {
  const text = formatIsoTime(value);
  return text === undefined ? integerJson(value) : `"${text}"`;
}
