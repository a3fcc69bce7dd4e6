import type { FunctionNode } from '../parser/syntax-tree.ts';
import type { Field, Type } from '../types/type.ts';

/**
 * Host function of a builtin. In its name `{T}` and `{V}` become `i64` for a type of 8 bytes and `i32` otherwise, `{K}`
 * becomes `i64` or `str`. Kind `plain`: same arguments. `stride`: the element size in bytes is an additional argument.
 * `first`: 0 is an additional argument. `empty`: the result is true if the host function returns 0.
 */
export interface Lowering {
  readonly kind: 'plain' | 'stride' | 'first' | 'empty';
  readonly name: string;
}

export interface BuiltinFunction {
  readonly name: string;
  /** Declaration in Clarity. Type parameters are `T`, or `K` and `V` for the keys and values of a map. */
  readonly declaration: FunctionNode;
  readonly effect: string | undefined;
  readonly lowering: Lowering;
}

/** Types of the type parameters by name. */
export type TypeArguments = ReadonlyMap<string, Type>;

/** Types of a builtin in one call, with a new variable per type parameter. */
export interface BuiltinTypes {
  readonly parameters: readonly Field[];
  readonly result: Type;
  readonly typeArguments: TypeArguments;
}
