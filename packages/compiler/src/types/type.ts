/**
 * A type without aliases. A variable is a type that is not known yet; unification binds it at most once. `unknown` is the
 * type of an expression with a reported error and is compatible with all types.
 */
export type Type =
  | { readonly kind: 'Int64' | 'Float64' | 'Bool' | 'String' | 'Bytes' | 'Timestamp' | 'Unit' }
  | { readonly kind: 'List'; readonly element: Type }
  | { readonly kind: 'Option'; readonly value: Type }
  | { readonly kind: 'Result'; readonly ok: Type; readonly error: Type }
  | { readonly kind: 'Map'; readonly key: Type; readonly value: Type }
  | FunctionType
  | RecordType
  | UnionType
  | TypeVariable
  | { readonly kind: 'unknown' };

/** Type of a function value. It has no effects: the function that creates the value must declare them. */
export interface FunctionType {
  readonly kind: 'function';
  readonly parameters: readonly Type[];
  readonly result: Type;
}

/** Records and unions are compared by identity. Their fields are set after all names are declared. */
export interface RecordType {
  readonly kind: 'record';
  readonly name: string;
  fields: readonly Field[];
}

export interface UnionType {
  readonly kind: 'union';
  readonly name: string;
  variants: readonly Variant[];
}

export interface TypeVariable {
  readonly kind: 'variable';
  bound: Type | undefined;
}

export interface Field {
  readonly name: string;
  readonly type: Type;
}

export interface Variant {
  readonly name: string;
  readonly fields: readonly Field[];
}

export const INT64: Type = { kind: 'Int64' };
export const FLOAT64: Type = { kind: 'Float64' };
export const BOOL: Type = { kind: 'Bool' };
export const STRING: Type = { kind: 'String' };
export const BYTES: Type = { kind: 'Bytes' };
export const TIMESTAMP: Type = { kind: 'Timestamp' };
export const UNIT: Type = { kind: 'Unit' };
export const UNKNOWN: Type = { kind: 'unknown' };

export const PRIMITIVES: ReadonlyMap<string, Type> = new Map(
  [INT64, FLOAT64, BOOL, STRING, BYTES, TIMESTAMP, UNIT].map((type) => [type.kind, type]),
);

export const typeVariable = (): TypeVariable => ({ kind: 'variable', bound: undefined });

/** Returns the type behind bound variables. Its parts can still be variables. */
export function actual(type: Type): Type {
  let at = type;
  while (at.kind === 'variable' && at.bound !== undefined) at = at.bound;
  return at;
}

/** Returns the direct type arguments of a type. */
export function argumentsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'List':
      return [type.element];
    case 'Option':
      return [type.value];
    case 'Result':
      return [type.ok, type.error];
    case 'Map':
      return [type.key, type.value];
    case 'function':
      return [...type.parameters, type.result];
    default:
      return [];
  }
}

/** Returns the variants of a union, Option or Result in tag order; undefined for other types. */
export function variantsOf(type: Type): readonly Variant[] | undefined {
  switch (type.kind) {
    case 'Option':
      return [
        { name: 'Some', fields: [{ name: 'value', type: type.value }] },
        { name: 'None', fields: [] },
      ];
    case 'Result':
      return [
        { name: 'Ok', fields: [{ name: 'value', type: type.ok }] },
        { name: 'Err', fields: [{ name: 'error', type: type.error }] },
      ];
    case 'union':
      return type.variants;
    default:
      return undefined;
  }
}

const MAX_NAME_LENGTH = 120;

/** Returns the notation of a type; `_` for an unknown part. Long notations are truncated. */
export function typeName(type: Type): string {
  const name = nameWithin(type, 8);
  return name.length > MAX_NAME_LENGTH ? `${name.slice(0, MAX_NAME_LENGTH)}…` : name;
}

function nameWithin(type: Type, depth: number): string {
  const known = actual(type);
  if (known.kind === 'record' || known.kind === 'union') return known.name;
  if (known.kind === 'variable' || known.kind === 'unknown') return '_';
  const inside = argumentsOf(known);
  if (inside.length === 0) return known.kind;
  if (depth === 0) return '…';
  if (known.kind === 'function') {
    const parameters = known.parameters.map((parameter) => nameWithin(parameter, depth - 1));
    return `(${parameters.join(', ')}) -> ${nameWithin(known.result, depth - 1)}`;
  }
  return `${known.kind}<${inside.map((argument) => nameWithin(argument, depth - 1)).join(', ')}>`;
}
