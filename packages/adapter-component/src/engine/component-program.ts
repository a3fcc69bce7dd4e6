import { Buffer } from 'node:buffer';
import type { ComponentContract } from '../contract/component-contract.ts';
import type { WasiGrants } from '../wasi/wasi-grants.ts';

/** A transpiled component with what it may use: the input of the engine. */
export interface ComponentProgram {
  readonly contract: ComponentContract;
  /** JavaScript of the transpiler, an ES module that exports `instantiate`. */
  readonly glue: string;
  readonly modules: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly grants: WasiGrants;
}

interface Head extends Omit<ComponentProgram, 'modules'> {
  readonly modules: readonly { readonly name: string; readonly length: number }[];
}

/** Encodes a program: length of the JSON, JSON, modules. */
export function encodeProgram({ modules, ...rest }: ComponentProgram): Uint8Array {
  const head: Head = { ...rest, modules: modules.map(({ name, bytes }) => ({ name, length: bytes.length })) };
  const json = Buffer.from(JSON.stringify(head));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json, ...modules.map(({ bytes }) => bytes)]);
}

/** @throws RangeError, SyntaxError when the bytes are not a program. */
export function decodeProgram(bytes: Uint8Array): ComponentProgram {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = 4 + data.readUInt32LE(0);
  if (end > data.length) throw new RangeError('the program is incomplete');
  const { modules, ...rest } = JSON.parse(data.toString('utf8', 4, end)) as Head;
  let offset = end;
  const parts = modules.map(({ name, length }) => {
    const part = data.subarray(offset, offset + length);
    if (part.length < length) throw new RangeError('the program is incomplete');
    offset += length;
    return { name, bytes: part };
  });
  return { ...rest, modules: parts };
}
