import type { TextCursor } from './text-cursor.ts';
import type { Token } from './token.ts';

type Repair = 'nothing' | '->' | '==' | '!=' | 'and' | 'string';

interface ForeignText {
  readonly form: RegExp;
  readonly message: string;
  readonly hint: string;
  /** The token that is read in its place. */
  readonly meant: Repair;
}

const STRINGS = 'strings stand in double quotes: "text"';
const COMMENTS = 'comments begin with //';

/** What other languages write, and what the same is called here. */
const FOREIGN_TEXTS: readonly ForeignText[] = [
  {
    form: /=>/y,
    message: '`=>` is no symbol of Clarity',
    hint: 'match arms are written pattern -> value',
    meant: '->',
  },
  { form: /===/y, message: '`===` is no operator', hint: 'equality is ==', meant: '==' },
  { form: /!==/y, message: '`!==` is no operator', hint: 'inequality is !=', meant: '!=' },
  { form: /&&?/y, message: '`&` is no operator', hint: 'conditions are joined with `and`', meant: 'and' },
  { form: /\/\*(?:[^]*?\*\/|[^\r\n]*)/y, message: 'there are no block comments', hint: COMMENTS, meant: 'nothing' },
  { form: /#[^\r\n]*/y, message: '`#` begins nothing', hint: COMMENTS, meant: 'nothing' },
  { form: /'[^'\r\n]*'?/y, message: 'single quotes are no strings', hint: STRINGS, meant: 'string' },
  {
    form: /`[^`\r\n]*`?/y,
    message: 'backquotes are no strings',
    hint: `${STRINGS}, with \${…} inside`,
    meant: 'string',
  },
  { form: /[“”„][^“”„\r\n]*[“”]?/y, message: 'typographic quotes are no strings', hint: STRINGS, meant: 'string' },
  {
    form: /\?+/y,
    message: '`?` is no operator',
    hint: 'a choice is written match condition { True -> …, False -> … }; a value that may be missing is an Option',
    meant: 'nothing',
  },
  {
    form: /[\u00a0\u2000-\u200f\u2028\u2029\u202f\u2060\ufeff]+/y,
    message: 'an invisible character stands here',
    hint: 'replace it with an ordinary space',
    meant: 'nothing',
  },
  {
    form: /[\p{L}\p{M}\p{N}]+/uy,
    message: 'a name holds a character that names cannot hold',
    hint: 'names are ASCII letters, digits and _; other text belongs into strings',
    meant: 'nothing',
  },
];

const ANYTHING = /[^]/uy;
const OWN = /[/=!]/y;

/**
 * Reports a text that no token begins with, and takes it. `meant` is the token to read on with; undefined when what
 * stands here is a symbol of the language.
 */
export function takeForeignText(cursor: TextCursor): { readonly meant: Token | undefined } | undefined {
  const start = cursor.offset;
  for (const { form, message, hint, meant } of FOREIGN_TEXTS) {
    if (cursor.take(form) === undefined) continue;
    const span = { start, end: cursor.offset };
    cursor.report.error({ code: 'INVALID_CHARACTER', span, message, hint });
    return { meant: repaired(meant, span) };
  }
  if (cursor.take(OWN) !== undefined) {
    cursor.offset = start;
    return undefined;
  }
  const found = cursor.take(ANYTHING) ?? '';
  const number = (found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const message = `the character U+${number} means nothing here`;
  cursor.report.error({ code: 'INVALID_CHARACTER', span: { start, end: cursor.offset }, message });
  return { meant: undefined };
}

function repaired(meant: Repair, span: { start: number; end: number }): Token | undefined {
  switch (meant) {
    case 'nothing':
      return undefined;
    case 'string':
      return { kind: 'string', parts: [], ...span };
    case 'and':
      return { kind: 'keyword', text: meant, ...span };
    default:
      return { kind: 'symbol', text: meant, ...span };
  }
}
