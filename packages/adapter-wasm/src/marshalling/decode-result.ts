import type { ClarityFunction, ClarityType } from '@clarity-runtime/core';
import { AbiError } from '../guest/guest-error.ts';
import type { GuestContext } from '../guest/host-state.ts';
import { decodeValue, readTag } from './decode-value.ts';
import { Decoding, JsonSink } from './decoding.ts';
import { coreTypeOf, PAYLOAD, readSlot, type CoreValue } from './layout.ts';
import type { TypeTable } from './type-forms.ts';

export interface ResultToDecode {
  readonly fn: ClarityFunction;
  readonly types: TypeTable;
  /** The return value of the export. */
  readonly value: unknown;
  readonly state: GuestContext;
  /** Maximum bytes of the JSON text. @throws GuestLimit above it. */
  readonly maxBytes: number;
}

/** JSON text of the value, or of the content of `Err` when the function returned one. */
export type DecodedResult = { readonly json: string } | { readonly err: string };

/**
 * Returns the JSON of a result. @throws AbiError for data that a module cannot produce on purpose, such as a pointer
 * outside the memory or an unknown tag.
 */
export function decodeResult({ fn: { result }, types, value, state, maxBytes }: ResultToDecode): DecodedResult {
  const decoding = new Decoding({ types, state, sink: new JsonSink(maxBytes), decode: decodeValue });
  const core = coreOf(result, value);
  if (result.kind !== 'Result') return { json: textOf(decoding, result, core) };
  const isOk = readTag(decoding, Number(core), 2) === 0;
  const type = isOk ? result.ok : result.error;
  const text = textOf(decoding, type, readSlot(state.memory, Number(core) + PAYLOAD, type));
  return isOk ? { json: text } : { err: text };
}

function textOf(decoding: Decoding, type: ClarityType, core: CoreValue): string {
  decoding.value(type, core);
  return decoding.sink.text;
}

function coreOf(type: ClarityType, value: unknown): CoreValue {
  const coreType = coreTypeOf(type);
  if (coreType === undefined) return 0;
  if (typeof value !== (coreType === 'i64' ? 'bigint' : 'number')) {
    throw new AbiError('the function returned a value of another type than its interface says');
  }
  return coreType === 'i32' ? Number(value) >>> 0 : (value as CoreValue);
}
