import type { CompilerIdentity, InterfaceDocument } from '@clarity-runtime/core';
import { checkModule } from './checker/checker.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { Report, TooManyErrors } from './diagnostics/report.ts';
import { SourceText } from './diagnostics/source-text.ts';
import { emitModule, exportedFunctions, isTest } from './emit/emit-module.ts';
import { isCallable } from './interface/callable.ts';
import { describeInterface } from './interface/interface-document.ts';
import { lex } from './lexer/lexer.ts';
import { parse } from './parser/parser.ts';
import type { TypedModule } from './typed/typed-tree.ts';

/** A text and the name under which diagnostics show it. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

/** A module with its interface, or all that is wrong with the source. */
export type Compilation =
  | {
      readonly ok: true;
      readonly wasm: Uint8Array;
      readonly document: InterfaceDocument;
      readonly warnings: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

export const embeddedCompiler: CompilerIdentity = { kind: 'embedded', name: 'clarityc', version: '0.1.0' };

/** In UTF-16 code units. */
const LARGEST_SOURCE = 500_000;

/** Compiles one source text. Whatever the text is, the answer is a module or diagnostics. */
export function compile({ file, text }: SourceFile): Compilation {
  if (text.length > LARGEST_SOURCE) return { ok: false, diagnostics: [tooLarge(file, text)] };
  const report = new Report(new SourceText(text, file));
  const built = build(report);
  if (built === undefined) return { ok: false, diagnostics: report.diagnostics };
  const { module, wasm } = built;
  const functions = exportedFunctions(module).filter((symbol) => !isTest(symbol) && isCallable(symbol));
  const document = describeInterface({ module, functions, source: text, wasm, compiler: embeddedCompiler });
  return { ok: true, wasm, document, warnings: report.diagnostics };
}

/** What `compile` says about a text, errors and warnings, without the module. */
export function check(source: SourceFile): readonly Diagnostic[] {
  const compilation = compile(source);
  return compilation.ok ? compilation.warnings : compilation.diagnostics;
}

function build(report: Report): { readonly module: TypedModule; readonly wasm: Uint8Array } | undefined {
  try {
    const module = analyse(report);
    const wasm = module === undefined ? undefined : emitModule(report, module);
    return module === undefined || wasm === undefined ? undefined : { module, wasm };
  } catch (error) {
    if (error instanceof TooManyErrors) return undefined;
    throw error;
  }
}

/** The meaning of the text; undefined when it has errors. */
function analyse(report: Report): TypedModule | undefined {
  const lexed = lex(report);
  if (!lexed.whole) return undefined;
  const tree = parse(report, lexed);
  const module = checkModule(report, tree);
  if (!report.failed && module.functions.length === 0) {
    const message =
      tree.functions.length === 0
        ? 'this module has no functions'
        : 'all functions of this module have type parameters, others can call none of them';
    const hint = 'a function is written function name(x: Int64) -> Int64 { … }';
    report.error({ code: 'EMPTY_MODULE', span: tree.name.span, message, hint });
  }
  return report.failed ? undefined : module;
}

function tooLarge(file: string, text: string): Diagnostic {
  const report = new Report(new SourceText(text.slice(0, 400), file));
  const message = `this source has ${text.length.toString()} characters, at most ${LARGEST_SOURCE.toString()} are compiled`;
  report.error({
    code: 'SOURCE_TOO_LARGE',
    span: { start: 0, end: 1 },
    message,
    hint: 'split it into several modules',
  });
  return report.diagnostics[0] as Diagnostic;
}
