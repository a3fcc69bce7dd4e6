/** Sources, compilers and installers on a developer's machine. */
export { interfacePath, writeBuilt, type Built } from './compilers/build-output.ts';
export { compilerInstaller, type CompilerInstallerOptions } from './compilers/compiler-installer.ts';
export { configuredCompiler, type ConfiguredCompilerOptions } from './compilers/configured-compiler.ts';
export { compileFile, compileProblem, compileSource, type Compiled } from './compilers/embedded-compiler.ts';
export {
  compileExternally,
  compilerVersion,
  withoutInterface,
  type ExternalBuild,
  type ExternalCompiler,
} from './compilers/external-compiler.ts';
export { EXTENSION, findSource, type FoundSource } from './sources/find-source.ts';
export { findSources, type FoundSourceFiles, type SearchLimits } from './sources/find-sources.ts';
export { readSource, shownPath } from './sources/source-file.ts';
export type { Environment } from './support/environment.ts';
export { ToolchainError, type ToolchainErrorDetail } from './support/toolchain-error.ts';
export { sourceWorkspace } from './workspace/source-workspace.ts';
