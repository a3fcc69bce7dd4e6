import type { Span } from '../diagnostics/source-text.ts';

/** An identifier and its position. The nodes of this file are the syntax before names and types are resolved. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

export interface ModuleNode {
  readonly name: Name;
  readonly doc: string | undefined;
  readonly imports: readonly ImportNode[];
  readonly types: readonly TypeNode[];
  readonly constants: readonly ConstantNode[];
  readonly functions: readonly FunctionNode[];
}

export interface ImportNode {
  readonly span: Span;
  readonly names: readonly Name[];
  readonly from: string;
}

export interface TypeNode {
  readonly name: Name;
  readonly parameters: readonly Name[];
  readonly body:
    | { readonly kind: 'record'; readonly fields: readonly FieldNode[] }
    | { readonly kind: 'union'; readonly variants: readonly VariantNode[] }
    | { readonly kind: 'alias'; readonly type: TypeExpression };
}

export interface VariantNode {
  readonly name: Name;
  readonly fields: readonly FieldNode[];
}

/** A field or a parameter. */
export interface FieldNode {
  readonly name: Name;
  readonly type: TypeExpression;
}

export interface ConstantNode {
  readonly name: Name;
  readonly type: TypeExpression;
  readonly value: Expression;
}

export interface FunctionNode {
  readonly name: Name;
  readonly doc: string | undefined;
  readonly exported: boolean;
  readonly effects: readonly Name[];
  readonly typeParameters: readonly Name[];
  readonly parameters: readonly FieldNode[];
  readonly result: TypeExpression;
  readonly body: BlockExpression;
}

export type TypeExpression = { readonly span: Span } & (
  | { readonly kind: 'named'; readonly name: string; readonly arguments: readonly TypeExpression[] }
  | { readonly kind: 'function'; readonly parameters: readonly TypeExpression[]; readonly result: TypeExpression }
  /** Placeholder for a missing type that was reported. */
  | { readonly kind: 'broken' }
);

export type BinaryOperator = 'or' | 'and' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '++' | '*' | '/' | '%';

export interface ChainLink {
  readonly operator: BinaryOperator;
  readonly operatorSpan: Span;
  readonly operand: Expression;
}

export interface Argument {
  readonly name: Name | undefined;
  readonly value: Expression;
}

export interface BlockExpression {
  readonly kind: 'block';
  readonly span: Span;
  /** Expressions that end with `;`. */
  readonly statements: readonly Expression[];
  /** Last expression without `;`: the value of the block. */
  readonly result: Expression | undefined;
}

export interface MatchArm {
  readonly pattern: Pattern;
  readonly guard: Expression | undefined;
  readonly body: Expression;
}

export type Expression =
  | BlockExpression
  | ({ readonly span: Span } & (
      | { readonly kind: 'int'; readonly value: bigint | undefined }
      | { readonly kind: 'float'; readonly value: number }
      | { readonly kind: 'bool'; readonly value: boolean }
      | { readonly kind: 'string'; readonly parts: readonly (string | Expression)[] }
      | { readonly kind: 'list'; readonly elements: readonly Expression[] }
      | { readonly kind: 'record'; readonly fields: readonly { readonly name: Name; readonly value: Expression }[] }
      | { readonly kind: 'name'; readonly text: string }
      | { readonly kind: 'assignment'; readonly target: Name; readonly value: Expression }
      | { readonly kind: 'call'; readonly callee: Name; readonly arguments: readonly Argument[] }
      | { readonly kind: 'field'; readonly target: Expression; readonly path: readonly Name[] }
      | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Expression }
      /** Operators of one precedence level, from left to right. */
      | { readonly kind: 'chain'; readonly first: Expression; readonly rest: readonly ChainLink[] }
      | { readonly kind: 'match'; readonly subject: Expression; readonly arms: readonly MatchArm[] }
      | {
          readonly kind: 'let';
          /** Undefined for `let _`. */
          readonly name: Name | undefined;
          readonly mutable: boolean;
          readonly type: TypeExpression | undefined;
          readonly value: Expression;
        }
      | { readonly kind: 'lambda'; readonly parameters: readonly FieldNode[]; readonly body: Expression }
      /** Placeholder for an expression with a reported syntax error. */
      | { readonly kind: 'broken' }
    ));

export type Pattern = { readonly span: Span } & (
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'binding'; readonly name: string }
  | { readonly kind: 'int'; readonly value: bigint | undefined }
  | { readonly kind: 'range'; readonly from: bigint | undefined; readonly to: bigint | undefined }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'constructor'; readonly name: Name; readonly fields: readonly FieldPattern[] }
);

export interface FieldPattern {
  readonly name: Name | undefined;
  readonly pattern: Pattern;
}
