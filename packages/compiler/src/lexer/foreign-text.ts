import type { TextCursor } from './text-cursor.ts';
import type { Token } from './token.ts';

type Replacement = 'nothing' | '->' | '==' | '!=' | 'and' | 'string';

interface ForeignText {
  readonly form: RegExp;
  readonly message: string;
  readonly hint: string;
  /** Token that replaces the text. */
  readonly replacement: Replacement;
}

const STRINGS = 'write strings in double quotes: "text"';
const COMMENTS = 'start comments with //';

/** Syntax of other languages and its replacement in Clarity. */
const FOREIGN_TEXTS: readonly ForeignText[] = [
  {
    form: /=>/y,
    message: '`=>` is not a symbol of Clarity',
    hint: 'write match arms as: pattern -> value',
    replacement: '->',
  },
  { form: /===/y, message: '`===` is not an operator', hint: 'use == for equality', replacement: '==' },
  { form: /!==/y, message: '`!==` is not an operator', hint: 'use != for inequality', replacement: '!=' },
  { form: /&&?/y, message: '`&` is not an operator', hint: 'join conditions with `and`', replacement: 'and' },
  {
    form: /\/\*(?:[^]*?\*\/|[^\r\n]*)/y,
    message: 'block comments are not supported',
    hint: COMMENTS,
    replacement: 'nothing',
  },
  { form: /#[^\r\n]*/y, message: '`#` does not start a comment', hint: COMMENTS, replacement: 'nothing' },
  { form: /'[^'\r\n]*'?/y, message: 'single quotes do not delimit strings', hint: STRINGS, replacement: 'string' },
  {
    form: /`[^`\r\n]*`?/y,
    message: 'backquotes do not delimit strings',
    hint: `${STRINGS}, with \${…} inside`,
    replacement: 'string',
  },
  {
    form: /[“”„][^“”„\r\n]*[“”]?/y,
    message: 'typographic quotes do not delimit strings',
    hint: STRINGS,
    replacement: 'string',
  },
  {
    form: /\?+/y,
    message: '`?` is not an operator',
    hint: 'use match condition { True -> …, False -> … } for a choice, Option for a value that may be missing',
    replacement: 'nothing',
  },
  {
    form: /[\u00a0\u2000-\u200f\u2028\u2029\u202f\u2060\ufeff]+/y,
    message: 'invisible character',
    hint: 'replace it with an ordinary space',
    replacement: 'nothing',
  },
  {
    form: /[\p{L}\p{M}\p{N}]+/uy,
    message: 'a name contains a character that is not allowed in names',
    hint: 'use ASCII letters, digits and _ in names; write other text in strings',
    replacement: 'nothing',
  },
];

const ANYTHING = /[^]/uy;
const OWN = /[/=!]/y;

/**
 * Reports a text that does not start a token and skips it. `replacement` is the token to continue with. Returns undefined
 * if the text is a symbol of the language.
 */
export function takeForeignText(cursor: TextCursor): { readonly replacement: Token | undefined } | undefined {
  const start = cursor.offset;
  for (const { form, message, hint, replacement } of FOREIGN_TEXTS) {
    if (cursor.take(form) === undefined) continue;
    const span = { start, end: cursor.offset };
    cursor.report.error({ code: 'INVALID_CHARACTER', span, message, hint });
    return { replacement: toToken(replacement, span) };
  }
  if (cursor.take(OWN) !== undefined) {
    cursor.offset = start;
    return undefined;
  }
  const found = cursor.take(ANYTHING) ?? '';
  const number = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const message = `unexpected character U+${number}`;
  cursor.report.error({ code: 'INVALID_CHARACTER', span: { start, end: cursor.offset }, message });
  return { replacement: undefined };
}

function toToken(replacement: Replacement, span: { start: number; end: number }): Token | undefined {
  switch (replacement) {
    case 'nothing':
      return undefined;
    case 'string':
      return { kind: 'string', parts: [], ...span };
    case 'and':
      return { kind: 'keyword', text: replacement, ...span };
    default:
      return { kind: 'symbol', text: replacement, ...span };
  }
}
