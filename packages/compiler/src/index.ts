export { check, compile, compileTests, embeddedCompiler, type Compilation, type SourceFile } from './compile.ts';
export type { Diagnostic, DiagnosticCode } from './diagnostics/diagnostic.ts';
export { formatDiagnostic } from './diagnostics/format-diagnostic.ts';
