import { compile, formatDiagnostic } from '@clarity-runtime/compiler';
import { ToolchainError } from '../support/toolchain-error.ts';
import type { Built } from './build-output.ts';
import { readSource } from '../sources/source-file.ts';

export interface Compiled extends Built {
  /** What a person should know although it compiled. */
  readonly notes: readonly string[];
  /** The interface is our own reading of the source: the daemon may find that the module is otherwise. */
  readonly presumed?: true;
}

/** A source that does not compile: each finding with its line, its column and the mend. */
export const compileProblem = (shownAs: string, findings: string): ToolchainError =>
  new ToolchainError(`${shownAs} does not compile\n\n${findings.trimEnd()}`);

/** Compiles a source file with the compiler that is built in. `shownAs` is how findings call the file. */
export async function compileFile(path: string, shownAs: string): Promise<Compiled> {
  const result = compile({ file: shownAs, text: await readSource(path) });
  if (!result.ok) throw compileProblem(shownAs, result.diagnostics.map(formatDiagnostic).join('\n\n'));
  return { wasm: result.wasm, document: result.document, notes: result.warnings.map(formatDiagnostic) };
}
