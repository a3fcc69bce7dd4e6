import type { Local, Typed } from '../../src/typed/typed-tree.ts';
import { actual, variantsOf, type Field, type Type } from '../../src/types/type.ts';

/** Int64 and Timestamp as bigint; records and variants as their fields in the order of the declaration. */
export type Interpreted =
  | bigint
  | number
  | boolean
  | string
  | undefined
  | readonly Interpreted[]
  | ReadonlyMap<string | bigint, Interpreted>
  | Variant
  | Closure;

export interface Variant {
  readonly tag: number;
  readonly fields: readonly Interpreted[];
}

export interface Closure {
  readonly parameters: readonly Local[];
  readonly body: Typed;
  /** Captured values. */
  readonly around: ReadonlyMap<Local, Interpreted>;
}

export const variant = (tag: number, ...fields: readonly Interpreted[]): Variant => ({ tag, fields });
export const option = (value: Interpreted): Variant => (value === undefined ? variant(1) : variant(0, value));

/** Returns the JSON of a value as the language defines it, independently of the marshalling of the host. */
export function jsonOf(type: Type, value: Interpreted): string {
  const known = actual(type);
  switch (known.kind) {
    case 'Int64':
      return int(value as bigint);
    case 'Float64':
      return float(value as number);
    case 'Bool':
    case 'String':
      return JSON.stringify(value);
    case 'Unit':
      return 'null';
    case 'List':
      return `[${(value as readonly Interpreted[]).map((item) => jsonOf(known.element, item)).join(',')}]`;
    case 'Map': {
      const entries = [...(value as ReadonlyMap<string | bigint, Interpreted>)];
      return `{${entries.map(([key, item]) => `${JSON.stringify(String(key))}:${jsonOf(known.value, item)}`).join(',')}}`;
    }
    case 'record':
      return `{${members(known.fields, value as readonly Interpreted[]).join(',')}}`;
    case 'Option':
    case 'Result':
    case 'union':
      return variantJson(known, value as Variant);
    default:
      throw new Error(`a ${known.kind} is not written as JSON`);
  }
}

const float = (value: number): string =>
  Number.isFinite(value) ? (Object.is(value, -0) ? '-0' : String(value)) : `"${String(value)}"`;

const int = (value: bigint): string => (Number.isSafeInteger(Number(value)) ? String(value) : `"${String(value)}"`);

const members = (fields: readonly Field[], values: readonly Interpreted[]): readonly string[] =>
  fields.map(({ name, type }, index) => `${JSON.stringify(name)}:${jsonOf(type, values[index])}`);

function variantJson(type: Type, { tag, fields }: Variant): string {
  const variants = variantsOf(type) ?? [];
  const declared = variants[tag];
  if (declared === undefined) throw new Error('a tag that no variant has');
  if (type.kind === 'Option') {
    if (tag === 1) return 'null';
    const json = jsonOf(type.value, fields[0]);
    return ['Option', 'Unit'].includes(actual(type.value).kind) ? `{"tag":"Some","value":${json}}` : json;
  }
  if (type.kind === 'Result')
    return `{"${tag === 0 ? 'ok' : 'err'}":${jsonOf(declared.fields[0]?.type ?? type, fields[0])}}`;
  if (variants.every((each) => each.fields.length === 0)) return JSON.stringify(declared.name);
  return `{${[`"tag":${JSON.stringify(declared.name)}`, ...members(declared.fields, fields)].join(',')}}`;
}
