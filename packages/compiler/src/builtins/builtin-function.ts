import type { FunctionNode } from '../parser/syntax-tree.ts';
import type { Field, Type } from '../types/type.ts';

/**
 * What a call of a builtin becomes: a call of the host function of that name. In a name `{T}` and `{V}` become `i64` for
 * a type of 8 bytes and `i32` for others, `{K}` becomes `i64` or `str`. `plain`: nothing else. `stride`: the bytes from
 * one element to the next are the last argument. `first`: 0 is the last argument. `empty`: is the result zero?
 */
export interface Lowering {
  readonly kind: 'plain' | 'stride' | 'first' | 'empty';
  readonly name: string;
}

export interface BuiltinFunction {
  readonly name: string;
  /** As a program would declare it. A type parameter is called `T`, or `K` and `V` for the keys and values of a map. */
  readonly declaration: FunctionNode;
  readonly effect: string | undefined;
  readonly lowering: Lowering;
}

/** What type parameters stand for, by their names. */
export type TypeArguments = ReadonlyMap<string, Type>;

/** A builtin's types in one call: each type parameter is a variable of its own. */
export interface BuiltinTypes {
  readonly parameters: readonly Field[];
  readonly result: Type;
  readonly typeArguments: TypeArguments;
}
