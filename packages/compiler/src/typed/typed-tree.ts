import type { Span } from '../diagnostics/source-text.ts';
import type { BuiltinFunction, TypeArguments } from '../builtins/builtin-function.ts';
import type { Field, RecordType, Type } from '../types/type.ts';

/** What the program means: names are resolved, types are known, sugar is gone. The emitter reads nothing else. */
export type Typed = { readonly type: Type } & (
  | { readonly kind: 'int'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'local'; readonly local: Local }
  | { readonly kind: 'constant'; readonly constant: ConstantSymbol }
  | { readonly kind: 'negate' | 'not'; readonly operand: Typed }
  /** From left to right: each link's operation takes what stands so far and the operand. */
  | { readonly kind: 'chain'; readonly first: Typed; readonly rest: readonly TypedLink[] }
  /** A function as a value: a lambda, or what calls the function, builtin or variant that was named. */
  | {
      readonly kind: 'closure';
      readonly parameters: readonly Local[];
      readonly body: Typed;
      /** The function of the module that it calls and does nothing else. */
      readonly of: FunctionSymbol | undefined;
    }
  /** The call of a function that is a value. */
  | { readonly kind: 'apply'; readonly callee: Typed; readonly arguments: readonly Typed[] }
  | { readonly kind: 'call'; readonly callee: FunctionSymbol; readonly arguments: readonly Typed[] }
  | {
      readonly kind: 'builtin';
      readonly builtin: BuiltinFunction;
      readonly typeArguments: TypeArguments;
      readonly arguments: readonly Typed[];
    }
  | { readonly kind: 'variant'; readonly tag: number; readonly fields: readonly Typed[] }
  /** Values in the order in which they are evaluated; `index` is the field's place in the declaration. */
  | {
      readonly kind: 'record';
      readonly record: RecordType;
      readonly fields: readonly { readonly index: number; readonly value: Typed }[];
    }
  | { readonly kind: 'field'; readonly target: Typed; readonly record: RecordType; readonly index: number }
  | { readonly kind: 'list'; readonly element: Type; readonly elements: readonly Typed[] }
  | { readonly kind: 'block'; readonly statements: readonly TypedStatement[]; readonly result: Typed | undefined }
  | { readonly kind: 'match'; readonly subject: Typed; readonly arms: readonly TypedArm[] }
  /** Stands where an error was reported; is never emitted. */
  | { readonly kind: 'broken' }
);

export type TypedStatement =
  | { readonly kind: 'let'; readonly local: Local; readonly value: Typed }
  | { readonly kind: 'assign'; readonly local: Local; readonly value: Typed }
  | { readonly kind: 'discard'; readonly value: Typed };

/** An operation of the machine; the suffix says on what. */
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
  /** Both ends belong to it. */
  | { readonly kind: 'range'; readonly from: bigint; readonly to: bigint }
  | {
      readonly kind: 'variant';
      readonly tag: number;
      readonly declared: readonly Field[];
      /** One for each declared field. */
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

/** Functions with type parameters, once for each choice of types. */
export interface GenericInstances {
  readonly functions: readonly TypedFunction[];
  /** The instance that stands for the callee of a call. */
  readonly chosen: ReadonlyMap<FunctionSymbol, FunctionSymbol>;
}

/** A whole module that is free of errors. */
export interface TypedModule {
  readonly name: string;
  /** Of the name. */
  readonly span: Span;
  readonly doc: string | undefined;
  /** Those without type parameters. */
  readonly functions: readonly TypedFunction[];
  readonly constants: readonly TypedConstant[];
  readonly instances: GenericInstances;
}
