import type { Finding, Report } from '../diagnostics/report.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Keyword, SymbolText, Token } from '../lexer/token.ts';
import type { Name } from './syntax-tree.ts';

/** Thrown after a syntax error was reported; caught where parsing can continue. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
}

const MAX_DEPTH = 150;
const END: Token = { kind: 'end', start: 0, end: 0 };

/** Cursor over the tokens of a text. */
export class TokenStream {
  readonly report: Report;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth: number;
  /** Rest of a split token: `=` after the `>` of `>=` was taken. */
  #half: Token | undefined;

  constructor(report: Report, tokens: readonly Token[], depth = 0) {
    this.report = report;
    this.#tokens = tokens;
    this.#depth = depth;
  }

  get current(): Token {
    return this.ahead(0);
  }

  get previous(): Token {
    return this.#tokens[this.#index - 1] ?? END;
  }

  ahead(count: number): Token {
    if (count === 0 && this.#half !== undefined) return this.#half;
    return this.#tokens[Math.min(this.#index + count, this.#tokens.length - 1)] ?? END;
  }

  /** Position for `openBracesSince`. */
  get mark(): number {
    return this.#index;
  }

  openBracesSince(mark: number): number {
    let open = 0;
    for (const token of this.#tokens.slice(mark, this.#index)) {
      if (token.kind !== 'symbol') continue;
      if (token.text === '{') open += 1;
      if (token.text === '}') open -= 1;
    }
    return Math.max(0, open);
  }

  /** Returns the span from the start of an earlier token to the end of the previous one. */
  since(start: Span): Span {
    return { start: start.start, end: Math.max(this.previous.end, start.end) };
  }

  advance(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#index += 1;
    this.#half = undefined;
    return token;
  }

  is(text: SymbolText | Keyword, ahead = 0): boolean {
    const token = this.ahead(ahead);
    return (token.kind === 'symbol' || token.kind === 'keyword') && token.text === text;
  }

  take(text: SymbolText | Keyword): boolean {
    if (!this.is(text)) return false;
    this.advance();
    return true;
  }

  /** Consumes a token or reports "expected `text` where". */
  expect(text: SymbolText | Keyword, where: string, hint?: string): Token {
    if (this.is(text)) return this.advance();
    return this.unexpected(`\`${text}\` ${where}`, hint);
  }

  /** Consumes the `>` after type arguments; of a `>=` only the first character. */
  expectClosingAngle(): void {
    const token = this.current;
    if (!this.is('>=')) this.expect('>', 'after the type arguments');
    else this.#half = { kind: 'symbol', text: '=', start: token.start + 1, end: token.end };
  }

  name(what: string): Name {
    const token = this.current;
    if (token.kind === 'identifier') {
      this.advance();
      return { text: token.text, span: token };
    }
    const hint = token.kind === 'keyword' ? `\`${token.text}\` is a keyword; use another name` : undefined;
    return this.unexpected(what, hint);
  }

  unexpected(wanted: string, hint?: string): never {
    const message = `expected ${wanted}, found ${describe(this.current)}`;
    const suggestion = hint ?? (this.is('->') ? 'write a function without a name as: |x: Int64| x + 1' : undefined);
    return this.fail({ code: 'UNEXPECTED_TOKEN', span: this.current, message, hint: suggestion });
  }

  fail(finding: Finding): never {
    this.report.error(finding);
    throw new SyntaxFailure();
  }

  /** Parses a recursive construct. Reports nesting deeper than 150 levels. */
  nested<T>(read: () => T): T {
    if (this.#depth >= MAX_DEPTH) {
      const message = `nesting is deeper than ${MAX_DEPTH.toString()} levels`;
      this.fail({
        code: 'NESTING_TOO_DEEP',
        span: this.current,
        message,
        hint: 'bind inner parts to names with let, or move them to separate functions',
      });
    }
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  /** Returns a stream over other tokens of the same text with the same nesting depth. */
  inner(tokens: readonly Token[]): TokenStream {
    return new TokenStream(this.report, tokens, this.#depth);
  }

  /** Parses comma-separated items, optionally with a trailing comma, and consumes the closing symbol. */
  list<T>(close: SymbolText, where: string, item: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.take(close)) {
      items.push(item());
      if (this.take(',')) continue;
      this.expect(close, where);
      break;
    }
    return items;
  }
}

export function describe(token: Token): string {
  switch (token.kind) {
    case 'symbol':
    case 'keyword':
    case 'identifier':
      return `\`${token.text.slice(0, 60)}\``;
    case 'int':
    case 'float':
      return 'a number';
    case 'string':
      return 'a string';
    case 'end':
      return 'the end';
  }
}
