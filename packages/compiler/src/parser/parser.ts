import { didYouMean } from '../diagnostics/did-you-mean.ts';
import type { Report } from '../diagnostics/report.ts';
import type { LexedText } from '../lexer/lexer.ts';
import { parseConstant, parseFunction, parseImport, parseTypeDeclaration } from './declaration-parser.ts';
import { DocComments } from './doc-comments.ts';
import type { ConstantNode, FunctionNode, ImportNode, ModuleNode, Name, TypeNode } from './syntax-tree.ts';
import { describe, SyntaxFailure, TokenStream } from './token-stream.ts';

const DECLARATIONS = ['import', 'export', 'type', 'const', 'effect', 'function'] as const;
const FUNCTION = 'a function is written function name(x: Int64) -> Int64 { … }';
const TYPE = 'a record is written type Name = { field: Int64 }, a union type Name = | One | Other(value: Int64)';

/** Words that begin a declaration elsewhere, and how the same is said here. */
const FOREIGN_DECLARATIONS = new Map([
  ...['fn', 'func', 'fun', 'def', 'async', 'sub', 'proc'].map((word): [string, string] => [word, FUNCTION]),
  ...['struct', 'class', 'enum', 'interface', 'data', 'record'].map((word): [string, string] => [word, TYPE]),
  ...['pub', 'public', 'private', 'static'].map((word): [string, string] => [
    word,
    'what others may use is marked `export`',
  ]),
  ...['use', 'require', 'include', 'using'].map((word): [string, string] => [
    word,
    'an import is written import { name } from "module"',
  ]),
  ...['var', 'final', 'val'].map((word): [string, string] => [word, 'a constant is written const NAME: Int64 = 1;']),
]);

/** Reads a whole module. A declaration that cannot be read is reported and skipped. */
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
    const message = 'the file does not begin with its module line';
    const hint = 'begin the file with a line such as: module my_service';
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
      ? 'a value for the whole module is written const NAME: Int64 = 1;'
      : (didYouMean(word, DECLARATIONS) ?? 'a module holds functions, types, constants and imports');
    return stream.fail({ code: 'UNEXPECTED_TOKEN', span: token, message, hint });
  }
}
