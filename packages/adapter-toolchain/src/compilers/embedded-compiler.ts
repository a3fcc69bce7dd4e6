import { lazyModule } from '@clarity-runtime/core/internal';
import type { CompilerResult, CompilerSource } from '@clarity-runtime/core/ports';
import { ToolchainError } from '../support/toolchain-error.ts';
import type { Built } from './build-output.ts';
import { readSource } from '../sources/source-file.ts';

/** Result of a successful compilation. */
export interface Compiled extends Built {
  /** Warnings for the user. */
  readonly notes: readonly string[];
  /** The interface document comes from the source, not from the compiler; the daemon may find that the module differs. */
  readonly presumed?: true;
}

/** Returns the error for a source that does not compile. `findings` have line, column and hint. */
export const compileProblem = (shownAs: string, findings: string): ToolchainError =>
  new ToolchainError(`${shownAs} does not compile\n\n${findings.trimEnd()}`);

/** Loads the compiler on first use: the daemon compiles in another thread, and does not parse the compiler at its start. */
const loadCompiler = lazyModule({ load: () => import('@clarity-runtime/compiler'), has: 'compile' });

/** Compiles a source text with the built-in compiler in this thread, which waits until it ends. Never rejects for a text. */
export async function compileSource({ file, text }: CompilerSource): Promise<CompilerResult> {
  const { compile, formatDiagnostic } = await loadCompiler();
  const result = compile({ file, text });
  return result.ok
    ? { ok: true, wasm: result.wasm, document: result.document }
    : { ok: false, findings: result.diagnostics.map(formatDiagnostic).join('\n\n') };
}

/** Compiles a source file with the built-in compiler. `shownAs` is its name in findings. @throws ToolchainError on errors. */
export async function compileFile(path: string, shownAs: string): Promise<Compiled> {
  const { compile, formatDiagnostic } = await loadCompiler();
  const result = compile({ file: shownAs, text: await readSource(path) });
  if (!result.ok) throw compileProblem(shownAs, result.diagnostics.map(formatDiagnostic).join('\n\n'));
  return { wasm: result.wasm, document: result.document, notes: result.warnings.map(formatDiagnostic) };
}
