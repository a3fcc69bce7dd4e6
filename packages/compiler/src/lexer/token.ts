import type { Span } from '../diagnostics/source-text.ts';

export const KEYWORDS = [
  'module',
  'import',
  'export',
  'from',
  'function',
  'type',
  'const',
  'let',
  'mut',
  'match',
  'effect',
  'True',
  'False',
  'and',
  'or',
  'if',
] as const;

/** Longest first, so that the first that fits is the right one. */
export const SYMBOLS = [
  ...['->', '++', '==', '!=', '<=', '>=', '..'],
  ...['(', ')', '{', '}', '[', ']', '+', '-', '*', '/', '%', '<', '>', '!', '|', ',', ':', ';', '.', '='],
] as const;

export type Keyword = (typeof KEYWORDS)[number];
export type SymbolText = (typeof SYMBOLS)[number];

/** Text, or the tokens of one `${…}` with an end token of their own. */
export type StringPart = string | readonly Token[];

export type Token = Span &
  (
    | { readonly kind: 'symbol'; readonly text: SymbolText }
    | { readonly kind: 'keyword'; readonly text: Keyword }
    | { readonly kind: 'identifier'; readonly text: string }
    /** Without a value when the digits are too many to be an Int64 or its negation. */
    | { readonly kind: 'int'; readonly value: bigint | undefined }
    | { readonly kind: 'float'; readonly value: number }
    | { readonly kind: 'string'; readonly parts: readonly StringPart[] }
    | { readonly kind: 'end' }
  );

/** A `//` comment; `alone` when nothing else stands on its line before it. */
export interface Comment {
  readonly text: string;
  readonly line: number;
  readonly alone: boolean;
}
