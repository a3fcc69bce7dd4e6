import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Report } from '../diagnostics/report.ts';
import type { LexedText } from '../lexer/lexer.ts';
import { parseConstant, parseFunction, parseImport, parseTypeDeclaration } from './declaration-parser.ts';
import type { ConstantNode, FunctionNode, ImportNode, ModuleNode, Name, TypeNode } from './syntax-tree.ts';
import { describe, SyntaxFailure, TokenStream } from './token-stream.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import type { Comment } from '../lexer/token.ts';

const DECLARATIONS = ['import', 'export', 'type', 'const', 'effect', 'function'] as const;
const FUNCTION = 'declare a function as: function name(x: Int64) -> Int64 { … }';
const TYPE = 'declare a record as: type Name = { field: Int64 }, a union as: type Name = | One | Other(value: Int64)';

/** Keywords of declarations in other languages and their replacement in Clarity. */
const FOREIGN_DECLARATIONS = new Map([
  ...['fn', 'func', 'fun', 'def', 'async', 'sub', 'proc'].map((word): [string, string] => [word, FUNCTION]),
  ...['struct', 'class', 'enum', 'interface', 'data', 'record'].map((word): [string, string] => [word, TYPE]),
  ...['pub', 'public', 'private', 'static'].map((word): [string, string] => [
    word,
    'mark public functions with `export`',
  ]),
  ...['use', 'require', 'include', 'using'].map((word): [string, string] => [
    word,
    'write an import as: import { name } from "module"',
  ]),
  ...['var', 'final', 'val'].map((word): [string, string] => [word, 'declare a constant as: const NAME: Int64 = 1;']),
]);

/** Parses a module. Reports and skips declarations with syntax errors. */
export const parse = (report: Report, lexed: LexedText): ModuleNode => new ModuleParser(report, lexed).run();

class ModuleParser {
  readonly #stream: TokenStream;
  readonly #docs: DocComments;
  readonly #imports: ImportNode[] = [];
  readonly #types: TypeNode[] = [];
  readonly #constants: ConstantNode[] = [];
  readonly #functions: FunctionNode[] = [];

  constructor(report: Report, { tokens, comments }: LexedText) {
    this.#stream = new TokenStream(report, tokens);
    this.#docs = new DocComments(report.source, comments);
  }

  run(): ModuleNode {
    const stream = this.#stream;
    const doc = stream.is('module') ? this.#docs.above(stream.current.start) : undefined;
    const name = this.#recovering(() => this.#moduleName()) ?? { text: 'main', span: { start: 0, end: 1 } };
    while (stream.current.kind !== 'end')
      this.#recovering(() => {
        this.#declaration();
      });
    const [imports, types, constants, functions] = [this.#imports, this.#types, this.#constants, this.#functions];
    return { name, doc, imports, types, constants, functions };
  }

  #recovering<T>(read: () => T): T | undefined {
    const start = this.#stream.current;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SyntaxFailure)) throw error;
      if (this.#stream.current === start) this.#stream.advance();
      while (this.#stream.current.kind !== 'end' && !DECLARATIONS.some((word) => this.#stream.is(word))) {
        this.#stream.advance();
      }
      return undefined;
    }
  }

  #moduleName(): Name | undefined {
    const stream = this.#stream;
    if (stream.take('module')) {
      const name = stream.name('the name of the module');
      stream.take(';');
      return name;
    }
    const message = 'the file does not start with a module line';
    const hint = 'start the file with a line such as: module my_service';
    stream.report.error({ code: 'MISSING_MODULE', span: stream.current, message, hint });
    return undefined;
  }

  #declaration(): void {
    const stream = this.#stream;
    const start = stream.current.start;
    const exported = stream.take('export');
    if (stream.is('import') && !exported) this.#imports.push(parseImport(stream));
    else if (stream.is('type')) this.#types.push(parseTypeDeclaration(stream));
    else if (stream.is('const')) this.#constants.push(parseConstant(stream));
    else if (stream.is('function') || stream.is('effect')) {
      this.#functions.push({ ...parseFunction(stream), doc: this.#docs.above(start), exported });
    } else this.#refuse();
  }

  #refuse(): never {
    const stream = this.#stream;
    const token = stream.current;
    const word = token.kind === 'identifier' ? token.text : '';
    const foreign = FOREIGN_DECLARATIONS.get(word);
    if (foreign !== undefined) {
      stream.fail({ code: 'FOREIGN_SYNTAX', span: token, message: `Clarity has no \`${word}\``, hint: foreign });
    }
    const message = `expected a declaration, found ${describe(token)}`;
    const hint = stream.is('let')
      ? 'declare a value for the whole module as: const NAME: Int64 = 1;'
      : (didYouMean(word, DECLARATIONS) ?? 'declare a function, a type, a constant or an import');
    return stream.fail({ code: 'UNEXPECTED_TOKEN', span: token, message, hint });
  }
}

/** Finds the comment lines directly above a declaration. */
class DocComments {
  readonly #source: SourceText;
  readonly #byLine: ReadonlyMap<number, string>;

  constructor(source: SourceText, comments: readonly Comment[]) {
    this.#source = source;
    this.#byLine = new Map(comments.filter(({ isWholeLine }) => isWholeLine).map(({ line, text }) => [line, text]));
  }

  above(offset: number): string | undefined {
    const lines: string[] = [];
    let { line } = this.#source.position(offset);
    for (;;) {
      line -= 1;
      const text = this.#byLine.get(line);
      if (text === undefined) break;
      lines.unshift(text);
    }
    const doc = lines.join('\n').trim();
    return doc === '' ? undefined : doc;
  }
}
