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

/** Longest first, because the lexer takes the first match. */
export const SYMBOLS = [
  ...['->', '++', '==', '!=', '<=', '>=', '..'],
  ...['(', ')', '{', '}', '[', ']', '+', '-', '*', '/', '%', '<', '>', '!', '|', ',', ':', ';', '.', '='],
] as const;

export type Keyword = (typeof KEYWORDS)[number];
export type SymbolText = (typeof SYMBOLS)[number];

/** Text, or the tokens of one `${…}` including an end token. */
export type StringPart = string | readonly Token[];

export type Token = Span &
  (
    | { readonly kind: 'symbol'; readonly text: SymbolText }
    | { readonly kind: 'keyword'; readonly text: Keyword }
    | { readonly kind: 'identifier'; readonly text: string }
    /** The value is undefined if it is larger than 2^63. */
    | { readonly kind: 'int'; readonly value: bigint | undefined }
    | { readonly kind: 'float'; readonly value: number }
    | { readonly kind: 'string'; readonly parts: readonly StringPart[] }
    | { readonly kind: 'end' }
  );

/** A `//` comment. `isWholeLine` if only white space precedes it in its line. */
export interface Comment {
  readonly text: string;
  readonly line: number;
  readonly isWholeLine: boolean;
}
