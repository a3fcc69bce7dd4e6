import type { Finding, Report } from '../diagnostics/report.ts';
import type { Span } from '../diagnostics/source-text.ts';
import type { Keyword, SymbolText, Token } from '../lexer/token.ts';
import type { Name } from './syntax-tree.ts';

/** Thrown after a syntax error was reported; caught where reading can go on. */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
}

const MAX_DEPTH = 150;
const NOWHERE: Token = { kind: 'end', start: 0, end: 0 };

/** The tokens of a text, read from left to right. */
export class TokenStream {
  readonly report: Report;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth: number;
  /** The second half of the current token, when its first was taken. */
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
    return this.#tokens[this.#index - 1] ?? NOWHERE;
  }

  ahead(count: number): Token {
    if (count === 0 && this.#half !== undefined) return this.#half;
    return this.#tokens[Math.min(this.#index + count, this.#tokens.length - 1)] ?? NOWHERE;
  }

  /** A place that `openBracesSince` counts from. */
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

  /** From the start of a token that was read to the end of the last one. */
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

  /** `where` completes the sentence "expected `)` …". */
  expect(text: SymbolText | Keyword, where: string, hint?: string): Token {
    if (this.is(text)) return this.advance();
    return this.unexpected(`\`${text}\` ${where}`, hint);
  }

  /** The `>` of a list of type arguments; of a `>=` it takes the first half. */
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
    const hint =
      token.kind === 'keyword' ? `\`${token.text}\` is a word of the language and cannot be a name` : undefined;
    return this.unexpected(what, hint);
  }

  unexpected(wanted: string, hint?: string): never {
    const message = `expected ${wanted}, found ${describe(this.current)}`;
    const mend = hint ?? (this.is('->') ? 'a function without a name is written |x: Int64| x + 1' : undefined);
    return this.fail({ code: 'UNEXPECTED_TOKEN', span: this.current, message, hint: mend });
  }

  fail(finding: Finding): never {
    this.report.error(finding);
    throw new SyntaxFailure();
  }

  /** Reads something that may hold more of its own kind. */
  nested<T>(read: () => T): T {
    if (this.#depth >= MAX_DEPTH) {
      const message = `this is nested more than ${MAX_DEPTH.toString()} deep`;
      this.fail({
        code: 'NESTING_TOO_DEEP',
        span: this.current,
        message,
        hint: 'give inner parts a name with let, or a function of their own',
      });
    }
    this.#depth += 1;
    try {
      return read();
    } finally {
      this.#depth -= 1;
    }
  }

  /** A stream over other tokens of the same text, as deep in it as this one. */
  inner(tokens: readonly Token[]): TokenStream {
    return new TokenStream(this.report, tokens, this.#depth);
  }

  /** Items with commas between them and perhaps after the last, up to the closing symbol, which is taken. */
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
