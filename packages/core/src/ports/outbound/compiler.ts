import type { InterfaceDocument } from '../../domain/interfaces/interface-document.ts';

export interface CompilerState {
  readonly available: boolean;
  readonly version?: string;
  /** Why it is not available. */
  readonly problem?: string;
}

export interface CompilerSource {
  /** How findings call it. */
  readonly file: string;
  readonly text: string;
}

/** `findings` is for people and models: each with its line, its column and the mend. */
export type CompilerResult =
  | { readonly ok: true; readonly wasm: Uint8Array; readonly document?: InterfaceDocument }
  | { readonly ok: false; readonly findings: string };

/** Turns Clarity source into a module. Which one it is, is configured and never chosen by a caller. */
export interface Compiler {
  /** `embedded`, or the program that was configured. */
  readonly name: string;
  state(signal: AbortSignal): Promise<CompilerState>;
  compile(source: CompilerSource, signal: AbortSignal): Promise<CompilerResult>;
}

export interface InstallOutcome {
  /** Null when it was stopped. */
  readonly exitCode: number | null;
  /** Bounded. */
  readonly output: string;
}

/** Runs a program that installs a compiler: there is one only where the operator allows it. */
export interface CompilerInstaller {
  /** Plain names of programs that may be run. */
  readonly allowed: readonly string[];
  /** What is run when a caller names nothing. */
  readonly usual?: readonly string[];
  /** Without a shell, with a scrubbed environment, ended as a group after `timeoutMs`. */
  run(command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<InstallOutcome>;
}
