import type { ClarityFunction, ClarityType, InterfaceDocument } from '@clarity-runtime/core';
import { hostFunction } from '../../src/imports/host-function.ts';
import { DEFAULT_HOST_LIMITS, GuestContext, type HostOptions } from '../../src/guest/host-state.ts';
import { decodeResult } from '../../src/marshalling/decode-result.ts';
import { encodeArguments, parseArguments } from '../../src/marshalling/encode-arguments.ts';
import { GuestMemory } from '../../src/guest/guest-memory.ts';

export const MEBIBYTE = 1_048_576;
const HEAP_BASE = 1_028;
const PAGES = 256;

export interface Fixture {
  readonly state: GuestContext;
  readonly lines: string[];
}

/** Returns a host over a memory of one page that can grow to 16 MiB. */
export function hostOver(options: Partial<HostOptions> & { maxBytes?: number } = {}): Fixture {
  const lines: string[] = [];
  const wasm = new WebAssembly.Memory({ initial: 1, maximum: PAGES });
  const memory = new GuestMemory(wasm, HEAP_BASE, { maxBytes: options.maxBytes ?? PAGES * 65_536 });
  const state = new GuestContext(memory, {
    log: (line) => lines.push(line),
    now: () => 0,
    random: () => 0,
    limits: DEFAULT_HOST_LIMITS,
    ...options,
  });
  return { state, lines };
}

/** Calls an import with values at the boundary of WebAssembly. */
export const callRaw = (state: GuestContext, name: string, ...args: readonly (number | bigint)[]): unknown =>
  (hostFunction(name, state) as (...values: readonly (number | bigint)[]) => unknown)(...args);

const TYPES: ReadonlyMap<string, ClarityType> = new Map(
  (['Int64', 'Float64', 'Int32', 'UInt32', 'Float32', 'Bool', 'String', 'Unit', 'Bytes', 'Timestamp'] as const).map(
    (kind) => [kind, { kind }],
  ),
);

/** Parses a type such as `List<Option<Int64>>`. Any other name is a named type. */
export function typeOf(text: string): ClarityType {
  const match = /^(\w+)(?:<(.*)>)?$/.exec(text);
  const [, name = '', inner = ''] = match ?? [];
  const [first = '', ...rest] = splitTypes(inner);
  const second = rest.join(',');
  if (name === 'List') return { kind: 'List', element: typeOf(first) };
  if (name === 'Option') return { kind: 'Option', value: typeOf(first) };
  if (name === 'Result') return { kind: 'Result', ok: typeOf(first), error: typeOf(second) };
  if (name === 'Map') return { kind: 'Map', key: typeOf(first), value: typeOf(second) };
  return TYPES.get(name) ?? { kind: 'Named', name };
}

/** Splits at the commas outside brackets. */
function splitTypes(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [at, character] of Array.from(text).entries()) {
    if (character === '<') depth += 1;
    if (character === '>') depth -= 1;
    if (character !== ',' || depth > 0) continue;
    parts.push(text.slice(start, at).trim());
    start = at + 1;
  }
  return [...parts, text.slice(start).trim()].filter((part) => part !== '');
}

/** Parses a signature such as `name(Int64,String)->Bool`. The parameters are called a, b, c, … */
export function functionOf(signature: string): ClarityFunction {
  const [, name = '', params = '', result = ''] = /^(\w+)\((.*)\)->(.+)$/.exec(signature) ?? [];
  const named = splitTypes(params).map((type, index) => ({ name: 'abcdefgh'.charAt(index), type: typeOf(type) }));
  return { name, effects: [], params: named, result: typeOf(result) };
}

const parsed = (json: string): unknown => JSON.parse(json);

export interface Setting {
  readonly state: GuestContext;
  readonly types?: InterfaceDocument['types'];
}

/** Passes JSON arguments through memory to an import and reads its result back as a value, or as `{ err }`. */
export function callImport({ state, types = {} }: Setting, signature: string, args: string): unknown {
  const fn = functionOf(signature);
  const cores = encodeArguments({ fn, types, args: parseArguments(args), state });
  const value = callRaw(state, fn.name, ...cores);
  const result = decodeResult({ fn, types, value, state, maxBytes: MEBIBYTE });
  return 'json' in result ? parsed(result.json) : { err: parsed(result.err) };
}
