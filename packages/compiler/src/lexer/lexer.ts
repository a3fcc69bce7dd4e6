import type { Report } from '../diagnostics/report.ts';
import { takeForeignText } from './foreign-text.ts';
import { readQuotedString, readTripleQuotedString } from './string-literal.ts';
import { TextCursor } from './text-cursor.ts';
import { KEYWORDS, SYMBOLS, type Comment, type Keyword, type Token } from './token.ts';

/** Tokens and comments of a source text. */
export interface LexedText {
  /** The last token has kind `end`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  /** False if a string is not closed, so that the rest of the text has no tokens. */
  readonly isComplete: boolean;
}

const SPACE = /[ \t\r\n]+/y;
const COMMENT = /\/\/[^\r\n]*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[0-9]+(?:\.[0-9]+)?/y;
const NUMBER_TAIL = /[A-Za-z0-9_]+/y;
/** Characters that start a symbol of Clarity and no foreign syntax. */
const UNAMBIGUOUS: ReadonlySet<string> = new Set('(){}[]+-*%<>|,:;.');
const MAX_NEGATED = 2n ** 63n;
const MAX_DIGIT_COUNT = 19;
const MAX_STRING_DEPTH = 20;
const keywords: ReadonlySet<string> = new Set(KEYWORDS);

/** Splits a source text into tokens and comments. Reports and omits text that is not a token. */
export const lex = (report: Report): LexedText => new Lexer(report).run();

class Lexer {
  readonly #cursor: TextCursor;
  readonly #comments: Comment[] = [];
  #openStrings = 0;

  constructor(report: Report) {
    this.#cursor = new TextCursor(report);
  }

  run(): LexedText {
    const cursor = this.#cursor;
    if (cursor.startsWith('\uFEFF')) cursor.offset = 1;
    const tokens = this.#tokensUntil(() => false);
    const start = cursor.unterminated;
    if (start !== undefined) {
      const span = { start, end: start + 1 };
      const hint = 'add the closing quote here or in a string above; strings can span lines';
      cursor.report.error({ code: 'UNTERMINATED_STRING', span, message: 'this string is not closed', hint });
    }
    return { tokens, comments: this.#comments, isComplete: start === undefined };
  }

  /** Returns the tokens before the first one that `isLast` accepts, followed by an end token. */
  #tokensUntil(isLast: (token: Token) => boolean): readonly Token[] {
    const tokens: Token[] = [];
    for (;;) {
      this.#skipBlank();
      const start = this.#cursor.offset;
      if (this.#cursor.atEnd) return [...tokens, { kind: 'end', start, end: start }];
      const token = this.#token(start);
      if (token === undefined) continue;
      if (isLast(token)) return [...tokens, { kind: 'end', start: token.start, end: token.end }];
      tokens.push(token);
    }
  }

  #skipBlank(): void {
    const { report, text } = this.#cursor;
    for (;;) {
      if (this.#cursor.take(SPACE) !== undefined) continue;
      const start = this.#cursor.offset;
      const comment = this.#cursor.take(COMMENT);
      if (comment === undefined) return;
      const { line, column } = report.source.position(start);
      const isWholeLine = text.slice(start - column + 1, start).trim() === '';
      this.#comments.push({ text: comment.replace(/^\/+ ?/, '').trimEnd(), line, isWholeLine });
    }
  }

  #token(start: number): Token | undefined {
    const cursor = this.#cursor;
    if (cursor.startsWith('"')) return this.#string(start);
    const word = cursor.take(WORD);
    if (word !== undefined) {
      const span = { start, end: cursor.offset };
      return keywords.has(word)
        ? { kind: 'keyword', text: word as Keyword, ...span }
        : { kind: 'identifier', text: word, ...span };
    }
    const number = cursor.take(NUMBER);
    if (number !== undefined) return this.#number(number, start);
    if (!UNAMBIGUOUS.has(cursor.text.charAt(start))) {
      const foreign = takeForeignText(cursor);
      if (foreign !== undefined) return foreign.replacement;
    }
    const symbol = SYMBOLS.find((candidate) => cursor.startsWith(candidate)) ?? ';';
    cursor.offset += symbol.length;
    return { kind: 'symbol', text: symbol, start, end: cursor.offset };
  }

  #string(start: number): Token {
    const cursor = this.#cursor;
    const parts = cursor.startsWith('"""')
      ? readTripleQuotedString(cursor)
      : readQuotedString(cursor, () => this.#interpolation(start));
    return { kind: 'string', parts, start, end: cursor.offset };
  }

  /** Returns the tokens up to the `}` that closes an interpolation; undefined if it is not closed. */
  #interpolation(start: number): readonly Token[] | undefined {
    if (this.#openStrings >= MAX_STRING_DEPTH) {
      const message = `nesting of strings is deeper than ${MAX_STRING_DEPTH.toString()} levels`;
      this.#cursor.report.error({ code: 'NESTING_TOO_DEEP', span: { start, end: start + 1 }, message });
      return undefined;
    }
    let open = 0;
    this.#openStrings += 1;
    const tokens = this.#tokensUntil((token) => {
      if (token.kind !== 'symbol' || (token.text !== '{' && token.text !== '}')) return false;
      open += token.text === '{' ? 1 : -1;
      return open < 0;
    });
    this.#openStrings -= 1;
    return open < 0 ? tokens : undefined;
  }

  #number(text: string, start: number): Token {
    const { report } = this.#cursor;
    const tail = this.#cursor.take(NUMBER_TAIL);
    const span = { start, end: this.#cursor.offset };
    if (tail !== undefined) {
      const hint = 'write an Int64 with digits only (1000000), a Float64 with digits, a point and digits (0.5)';
      const message = `\`${text.slice(0, 20)}${tail.slice(0, 20)}\` is not a number`;
      report.error({ code: 'INVALID_NUMBER', span, message, hint });
    }
    if (text.includes('.')) {
      const value = Number(text);
      if (Number.isFinite(value)) return { kind: 'float', value, ...span };
      report.error({ code: 'FLOAT_OUT_OF_RANGE', span, message: 'this number is too large for a Float64' });
      return { kind: 'float', value: 0, ...span };
    }
    const digits = text.replace(/^0+(?=[0-9])/, '');
    const value = digits.length > MAX_DIGIT_COUNT ? undefined : BigInt(digits);
    return { kind: 'int', value: value === undefined || value > MAX_NEGATED ? undefined : value, ...span };
  }
}
