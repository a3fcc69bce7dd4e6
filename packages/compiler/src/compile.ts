import { type CompilerIdentity, type InterfaceDocument } from '@clarity-runtime/core';
import { VERSION } from '@clarity-runtime/core/internal';
import { checkModule } from './checker/checker.ts';
import { warnOfMutualTailCalls } from './checker/mutual-tail-calls.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { Report, TooManyErrors } from './diagnostics/report.ts';
import { SourceText } from './diagnostics/source-text.ts';
import { emitModule, publicFunctions, testFunctions } from './emit/emit-module.ts';
import { isCallable } from './interface/callable.ts';
import { describeInterface } from './interface/interface-document.ts';
import { lex } from './lexer/lexer.ts';
import { parse } from './parser/parser.ts';
import type { FunctionSymbol, TypedModule } from './typed/typed-tree.ts';

/** A source text and the file name that diagnostics show. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** Result of a compilation: a module with its interface document, or the diagnostics with at least one error. */
export type Compilation =
  | {
      readonly ok: true;
      readonly wasm: Uint8Array;
      readonly document: InterfaceDocument;
      readonly warnings: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** Identity of this compiler in interface documents. */
export const embeddedCompiler: CompilerIdentity = { kind: 'embedded', name: 'clarityc', version: VERSION };

/** In UTF-16 code units. */
const MAX_SOURCE_LENGTH = 500_000;

/** Compiles one source text of at most 500,000 UTF-16 units. Never throws because of the text. */
export const compile = (source: SourceFile): Compilation => compilePart(source, publicFunctions);

/** Compiles the functions with the prefix `test_` and their callees. The interface document lists the tests only. */
export const compileTests = (source: SourceFile): Compilation => compilePart(source, testFunctions);

type Choose = (module: TypedModule) => readonly FunctionSymbol[];

function compilePart({ file, text }: SourceFile, choose: Choose): Compilation {
  if (text.length > MAX_SOURCE_LENGTH) return { ok: false, diagnostics: [tooLarge(file, text)] };
  const report = new Report(new SourceText(text, file));
  const built = build(report, choose);
  if (built === undefined) return { ok: false, diagnostics: report.diagnostics };
  const { module, wasm } = built;
  const functions = choose(module).filter(isCallable);
  const document = describeInterface({ module, functions, source: text, wasm, compiler: embeddedCompiler });
  return { ok: true, wasm, document, warnings: report.diagnostics };
}

/** Returns the errors and warnings of a source text. */
export function check(source: SourceFile): readonly Diagnostic[] {
  const compilation = compile(source);
  return compilation.ok ? compilation.warnings : compilation.diagnostics;
}

function build(
  report: Report,
  choose: Choose,
): { readonly module: TypedModule; readonly wasm: Uint8Array } | undefined {
  try {
    const module = analyse(report);
    if (module === undefined) return undefined;
    const functions = choose(module);
    if (functions.length === 0 && choose === publicFunctions) {
      const hint = 'add a function whose name does not start with test_ and that does not declare effect[Test]';
      report.error({ code: 'EMPTY_MODULE', span: module.span, message: 'this module contains only tests', hint });
    }
    const wasm = report.failed ? undefined : emitModule(report, module, functions);
    return wasm === undefined ? undefined : { module, wasm };
  } catch (error) {
    if (error instanceof TooManyErrors) return undefined;
    throw error;
  }
}

/** Returns the typed module; undefined if the text has errors. */
function analyse(report: Report): TypedModule | undefined {
  const lexed = lex(report);
  if (!lexed.isComplete) return undefined;
  const tree = parse(report, lexed);
  const module = checkModule(report, tree);
  if (!report.failed && module.functions.length === 0) {
    const message =
      tree.functions.length === 0
        ? 'this module has no functions'
        : 'all functions of this module have type parameters, so clients cannot call them';
    const hint = 'declare a function as: function name(x: Int64) -> Int64 { … }';
    report.error({ code: 'EMPTY_MODULE', span: tree.name.span, message, hint });
  }
  if (report.failed) return undefined;
  warnOfMutualTailCalls(report, module);
  return module;
}

function tooLarge(file: string, text: string): Diagnostic {
  const report = new Report(new SourceText(text.slice(0, 400), file));
  const message = `this source has ${text.length.toString()} characters, the limit is ${MAX_SOURCE_LENGTH.toString()}`;
  report.error({
    code: 'SOURCE_TOO_LARGE',
    span: { start: 0, end: 1 },
    message,
    hint: 'split it into several modules',
  });
  return report.diagnostics[0] as Diagnostic;
}
