import type { ExactJson } from '@clarity-runtime/core/ports';
import { toJavaScriptName } from '../contract/javascript-name.ts';
import type { Case, Labelled, ValueDefinition } from '../decoder/definition.ts';

/** An argument does not match its parameter. The message names the path and contains no part of the value. */
export class ArgumentProblem extends Error {
  override readonly name = 'ArgumentProblem';
}

type Path = readonly (string | number)[];
type JsonMembers = ReadonlyMap<string, ExactJson>;

/** Returns the arguments for the transpiled function. @throws ArgumentProblem that names the first wrong argument. */
export function toGuestArguments(params: readonly Labelled[], args: ExactJson): readonly unknown[] {
  if (isList(args)) {
    if (args.length > params.length) {
      throw new ArgumentProblem(`it takes ${String(params.length)} arguments, got ${String(args.length)}`);
    }
    return params.map(({ name, type }, index) => toGuestMember(type, args[index], [name]));
  }
  if (!isMembers(args)) throw new ArgumentProblem('the arguments must be an object (by name) or a list (by position)');
  const unknown = [...args.keys()].find((name) => params.every((param) => param.name !== name));
  if (unknown !== undefined) throw new ArgumentProblem(`it has no argument '${plain(unknown)}'`);
  return params.map(({ name, type }) => toGuestMember(type, args.get(name), [name]));
}

const isMembers = (value: ExactJson | undefined): value is JsonMembers => value instanceof Map;
const isList = (value: ExactJson | undefined): value is readonly ExactJson[] => Array.isArray(value);

function toGuestMember(type: ValueDefinition, value: ExactJson | undefined, path: Path): unknown {
  if (value === undefined) {
    if (type.kind === 'option') return undefined;
    throw new ArgumentProblem(`${shown(path)} is missing`);
  }
  return toGuestValue(type, value, path);
}

/** Integers: the least and the greatest value. */
export const INTEGERS: Readonly<Record<string, readonly [least: bigint, most: bigint]>> = {
  s8: [-0x80n, 0x7fn],
  u8: [0n, 0xffn],
  s16: [-0x8000n, 0x7fffn],
  u16: [0n, 0xffffn],
  s32: [-0x8000_0000n, 0x7fff_ffffn],
  u32: [0n, 0xffff_ffffn],
  s64: [-(1n << 63n), (1n << 63n) - 1n],
  u64: [0n, (1n << 64n) - 1n],
};

const DIGITS = /^-?\d{1,40}$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const ONE_CHARACTER = /^\P{Surrogate}$/su;
const LONE_SURROGATE = /\p{Surrogate}/u;
const SPECIAL: ReadonlyMap<ExactJson, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);

/** Returns the value in the form that transpiled components take. @throws ArgumentProblem. */
export function toGuestValue(type: ValueDefinition, value: ExactJson, path: Path): unknown {
  const expect = (form: string): ArgumentProblem => new ArgumentProblem(`${shown(path)}: expected ${form}`);
  switch (type.kind) {
    case 'bool':
      if (typeof value !== 'boolean') throw expect('true or false');
      return value;
    case 'f32':
    case 'f64':
      return toFloat(type.kind, value, expect);
    case 'char':
      if (typeof value !== 'string' || !ONE_CHARACTER.test(value)) {
        throw expect('a string of one character');
      }
      return value;
    case 'string':
      if (typeof value !== 'string') throw expect('a string');
      if (LONE_SURROGATE.test(value)) throw expect('a string without lone surrogates');
      return value;
    case 'list':
      return toList(type, value, path, expect);
    case 'tuple':
      if (!isList(value) || value.length !== type.items.length) {
        throw expect(`a list of ${String(type.items.length)} values`);
      }
      return type.items.map((item, index) => toGuestValue(item, value[index] ?? null, [...path, index]));
    case 'record':
      return toRecord(type.fields, value, path, expect);
    case 'variant':
      return toVariant(type.cases, value, path, expect);
    case 'enum':
      if (typeof value !== 'string' || !type.names.includes(value)) throw expect(`one of ${listed(type.names)}`);
      return value;
    case 'flags':
      return toFlags(type.names, value, expect);
    case 'option':
      if (value === null) return type.value.kind === 'option' ? { tag: 'none' } : undefined;
      if (type.value.kind !== 'option') return toGuestValue(type.value, value, path);
      return { tag: 'some', val: toGuestValue(type.value, only(value, 'some', expect), [...path, 'some']) };
    case 'result':
      return toResult(type, value, path, expect);
    case 'unsupported':
      throw expect('nothing');
    default:
      return toInteger(type.kind, value, expect);
  }
}

type Expect = (form: string) => ArgumentProblem;

function toInteger(kind: string, value: ExactJson, expect: Expect): number | bigint {
  const [least, most] = INTEGERS[kind] ?? [0n, 0n];
  const isWide = kind.endsWith('64');
  let integer: bigint | undefined;
  if (typeof value === 'bigint') integer = value;
  else if (typeof value === 'number' && Number.isSafeInteger(value)) integer = BigInt(value);
  else if (isWide && typeof value === 'string' && DIGITS.test(value)) integer = BigInt(value);
  if (integer === undefined || integer < least || integer > most) {
    const digits = isWide ? ', or its digits in a string' : '';
    throw expect(`an integer from ${String(least)} to ${String(most)}${digits}`);
  }
  return isWide ? integer : Number(integer);
}

function toFloat(kind: 'f32' | 'f64', value: ExactJson, expect: Expect): number {
  const special = SPECIAL.get(value);
  if (special !== undefined) return special;
  if (typeof value !== 'number' && typeof value !== 'bigint') throw expect('a number');
  const float = kind === 'f32' ? Math.fround(Number(value)) : Number(value);
  if (!Number.isFinite(float)) throw expect('a number that fits; infinity is the string "Infinity"');
  return float;
}

function toList(
  { element, length }: ValueDefinition & { readonly kind: 'list' },
  value: ExactJson,
  path: Path,
  expect: Expect,
): unknown {
  if (element.kind === 'u8' && length === undefined) {
    if (typeof value !== 'string' || value.length % 4 !== 0 || !BASE64.test(value)) throw expect('bytes in base64');
    return Uint8Array.from(Buffer.from(value, 'base64'));
  }
  if (!isList(value)) throw expect('a list');
  if (length !== undefined && value.length !== length) throw expect(`a list of ${String(length)} values`);
  return value.map((item, index) => toGuestValue(element, item, [...path, index]));
}

function toRecord(fields: readonly Labelled[], value: ExactJson, path: Path, expect: Expect): unknown {
  if (!isMembers(value)) throw expect('an object');
  const unknown = [...value.keys()].find((name) => fields.every((field) => field.name !== name));
  if (unknown !== undefined) throw expect(`no member '${plain(unknown)}'`);
  return Object.fromEntries(
    fields.map(({ name, type }) => [toJavaScriptName(name), toGuestMember(type, value.get(name), [...path, name])]),
  );
}

function toVariant(cases: readonly Case[], value: ExactJson, path: Path, expect: Expect): unknown {
  const names = cases.map(({ name }) => name);
  const tag = isMembers(value) ? value.get('tag') : undefined;
  const found = cases.find(({ name }) => name === tag);
  if (!isMembers(value) || found === undefined) throw expect(`an object with a tag of ${listed(names)}`);
  if ([...value.keys()].some((name) => name !== 'tag' && name !== 'val')) throw expect('no members but tag and val');
  if (found.type === undefined) {
    if (value.has('val')) throw expect(`no val for the tag ${found.name}`);
    return { tag: found.name };
  }
  return { tag: found.name, val: toGuestMember(found.type, value.get('val'), [...path, 'val']) };
}

function toFlags(names: readonly string[], value: ExactJson, expect: Expect): unknown {
  if (!isList(value)) throw expect(`a list of ${listed(names)}`);
  const unknown = value.some((name) => typeof name !== 'string' || !names.includes(name));
  if (unknown || new Set(value).size < value.length) throw expect(`each of ${listed(names)} at most once`);
  return Object.fromEntries(names.map((name) => [toJavaScriptName(name), value.includes(name)]));
}

function toResult(
  { ok, err }: ValueDefinition & { readonly kind: 'result' },
  value: ExactJson,
  path: Path,
  expect: Expect,
): unknown {
  const tag = isMembers(value) && value.has('err') ? 'err' : 'ok';
  const inner = only(value, tag, expect);
  const type = tag === 'ok' ? ok : err;
  if (type !== undefined) return { tag, val: toGuestValue(type, inner, [...path, tag]) };
  if (inner !== null) throw expect(`null as ${tag}`);
  return { tag, val: undefined };
}

/** Returns the value of an object with exactly one member. */
function only(value: ExactJson, name: string, expect: Expect): ExactJson {
  const inner = isMembers(value) && value.size === 1 ? value.get(name) : undefined;
  if (inner === undefined) throw expect(`an object with one member '${name}'`);
  return inner;
}

const MAX_SHOWN = 120;

const plain = (text: string): string => text.slice(0, MAX_SHOWN).replace(/[^\x20-\x7e]/g, '?');

const shown = (path: Path): string =>
  plain(
    path.map((step, at) => (typeof step === 'number' ? `[${String(step)}]` : at === 0 ? step : `.${step}`)).join(''),
  );

const MAX_LISTED = 10;

const listed = (names: readonly string[]): string =>
  `${names.slice(0, MAX_LISTED).join(', ')}${names.length > MAX_LISTED ? ', ...' : ''}`;
