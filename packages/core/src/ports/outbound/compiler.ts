import type { InterfaceDocument } from '../../domain/interfaces/interface-document.ts';

/** Availability of a compiler. */
export interface CompilerState {
  readonly available: boolean;
  readonly version?: string;
  /** Why the compiler is not available. */
  readonly problem?: string;
}

/** One source text. */
export interface CompilerSource {
  /** Name of the source in findings. */
  readonly file: string;
  readonly text: string;
  /** Key of the principal of the caller, so that principals share a compiler with a queue. */
  readonly principal?: string;
}

/** `findings` is text for people and models: per finding line, column and hint. */
export type CompilerResult =
  | { readonly ok: true; readonly wasm: Uint8Array; readonly document?: InterfaceDocument }
  | { readonly ok: false; readonly findings: string };

/** Compiles Clarity source to a module. Settings choose the compiler, never a caller. */
export interface Compiler {
  /** `embedded`, or the configured program. */
  readonly name: string;
  state(signal: AbortSignal): Promise<CompilerState>;
  /**
   * Compiles without blocking this process, within a time limit of the adapter. A source that exceeds it has a finding.
   * @throws ClarityError QUOTA_EXCEEDED when too many sources wait.
   */
  compile(source: CompilerSource, signal: AbortSignal): Promise<CompilerResult>;
}

/** Result of an installation. */
export interface InstallOutcome {
  /** Null if a signal ended the program. */
  readonly exitCode: number | null;
  /** Truncated to a limit of the adapter. */
  readonly output: string;
}

/** Runs a program that installs a compiler. Present only if the operator allows it. */
export interface CompilerInstaller {
  /** Names of the allowed programs. */
  readonly allowed: readonly string[];
  /** The default command. */
  readonly usual?: readonly string[];
  /** Runs without a shell and with a reduced environment; kills the process group after `timeoutMs`. */
  run(command: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<InstallOutcome>;
}
