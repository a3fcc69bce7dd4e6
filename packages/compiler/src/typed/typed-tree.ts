import type { Span } from '../diagnostics/source-text.ts';
import type { BuiltinFunction, TypeArguments } from '../builtins/builtin-function.ts';
import type { Field, RecordType, Type } from '../types/type.ts';

/** Expression with resolved names and known types, without syntactic sugar. Input of the emitter. */
export type Typed = { readonly type: Type } & (
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'constant'; readonly constant: ConstantSymbol }
  | { readonly kind: 'negate' | 'not'; readonly operand: Typed }
  /** Evaluated from left to right: each link applies its operation to the previous result and its operand. */
  | { readonly kind: 'chain'; readonly first: Typed; readonly rest: readonly TypedLink[] }
  /** A function value: a lambda, or a wrapper of a named function, builtin or variant. */
  | {
      readonly kind: 'closure';
      readonly parameters: readonly Local[];
      readonly body: Typed;
      /** The function of the module that the closure only wraps. */
      readonly of: FunctionSymbol | undefined;
    }
  /** Call of a function value. */
  | { readonly kind: 'apply'; readonly callee: Typed; readonly arguments: readonly Typed[] }
  | { readonly kind: 'call'; readonly callee: FunctionSymbol; readonly arguments: readonly Typed[] }
  | {
      readonly kind: 'builtin';
      readonly builtin: BuiltinFunction;
      readonly typeArguments: TypeArguments;
      readonly arguments: readonly Typed[];
    }
  | { readonly kind: 'variant'; readonly tag: number; readonly fields: readonly Typed[] }
  /** Values in evaluation order; `index` is the position of the field in the declaration. */
  | {
      readonly kind: 'record';
      readonly record: RecordType;
      readonly fields: readonly { readonly index: number; readonly value: Typed }[];
    }
  | { readonly kind: 'field'; readonly target: Typed; readonly record: RecordType; readonly index: number }
  | { readonly kind: 'list'; readonly element: Type; readonly elements: readonly Typed[] }
  | { readonly kind: 'block'; readonly statements: readonly TypedStatement[]; readonly result: Typed | undefined }
  | { readonly kind: 'match'; readonly subject: Typed; readonly arms: readonly TypedArm[] }
  /** Placeholder for an expression with a reported error; never emitted. */
  | { readonly kind: 'broken' }
);

export type TypedStatement =
  | { readonly kind: 'let'; readonly local: Local; readonly value: Typed }
  | { readonly kind: 'assign'; readonly local: Local; readonly value: Typed }
  | { readonly kind: 'discard'; readonly value: Typed };

/** An operation; the suffix is the type of its operands. */
export type Operation =
  | 'and'
  | 'or'
  | 'concat'
  | `${'equal' | 'different'}-${'int' | 'float' | 'bool' | 'string'}`
  | `${'less' | 'greater' | 'at-most' | 'at-least' | 'add' | 'subtract' | 'multiply' | 'divide' | 'remainder'}-${'int' | 'float'}`;

export interface TypedLink {
  readonly operation: Operation;
  readonly operand: Typed;
}

export interface TypedArm {
  readonly pattern: TypedPattern;
  readonly guard: Typed | undefined;
  readonly body: Typed;
}

export type TypedPattern =
  | { readonly kind: 'any'; readonly local: Local | undefined }
  | { readonly kind: 'literal'; readonly value: bigint | number | string | boolean }
  /** Both ends are included. */
  | { readonly kind: 'range'; readonly from: bigint; readonly to: bigint }
  | {
      readonly kind: 'variant';
      readonly tag: number;
      readonly declared: readonly Field[];
      /** One pattern per declared field. */
      readonly fields: readonly TypedPattern[];
    };

export interface Local {
  readonly name: string;
  readonly type: Type;
  readonly mutable: boolean;
}

export interface FunctionSymbol {
  readonly name: string;
  readonly span: Span;
  readonly doc: string | undefined;
  readonly exported: boolean;
  readonly effects: ReadonlySet<string>;
  readonly parameters: readonly Field[];
  readonly result: Type;
}

export interface ConstantSymbol {
  readonly name: string;
  readonly span: Span;
  readonly type: Type;
}

export interface TypedFunction {
  readonly symbol: FunctionSymbol;
  readonly parameters: readonly Local[];
  readonly body: Typed;
}

export interface TypedConstant {
  readonly symbol: ConstantSymbol;
  readonly value: Typed;
}

/** Instances of generic functions, one per combination of types. */
export interface GenericInstances {
  readonly functions: readonly TypedFunction[];
  /** Instance per callee of a call. */
  readonly chosen: ReadonlyMap<FunctionSymbol, FunctionSymbol>;
}

/** A module without errors. */
export interface TypedModule {
  readonly name: string;
  /** Position of the module name. */
  readonly span: Span;
  readonly doc: string | undefined;
  /** Functions without type parameters. */
  readonly functions: readonly TypedFunction[];
  readonly constants: readonly TypedConstant[];
  readonly instances: GenericInstances;
}
