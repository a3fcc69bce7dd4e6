import type { InterfaceDocument } from '../../domain/interfaces/interface-document.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';

export interface WasmLimits {
  /** Milliseconds of wall clock for one call, from the moment it runs. */
  readonly deadlineMs: number;
  readonly maxMemoryBytes: number;
  /** Of the serialised result. */
  readonly maxResultBytes: number;
}

export interface WasmModuleSpec {
  readonly wasm: Uint8Array;
  /** Without one only functions over i64 and f64 can be called, with parameters `arg0`, `arg1`, … */
  readonly document?: InterfaceDocument;
  readonly limits: WasmLimits;
  /** Lines that the module logged, in order, each at most 4 KiB. */
  onLog(line: string): void;
}

/**
 * `value`: the function returned; `json` is its result. `err`: it returned `Err`; `json` is the error's value.
 * `failure`: the call failed (arguments that do not fit, a trap, the deadline, a limit) and the module is good for the
 * next call. Codes stand in the error table.
 */
export type WasmReply =
  | { readonly type: 'value'; readonly json: RawJson }
  | { readonly type: 'err'; readonly json: RawJson }
  | { readonly type: 'failure'; readonly code: WasmFailureCode; readonly message: string };

export type WasmFailureCode =
  'ARGUMENTS_INVALID' | 'WASM_TRAP' | 'WASM_DEADLINE' | 'WASM_LIMIT' | 'WASM_CAPABILITY' | 'WASM_ABI' | 'WASM_BUSY';

/** Runs guest code where it can be killed; the caller's thread never runs it and never waits for it. */
export interface WasmHost extends AsyncDisposable {
  /** Checks, compiles and instantiates. Refuses with a `ClarityError` that says what is wrong with the module. */
  load(spec: WasmModuleSpec, signal: AbortSignal): Promise<WasmModule>;
}

/** A loaded module. No state leaks from one call to the next, whatever the call did. */
export interface WasmModule {
  /** Functions that can be called, in the order of the document. */
  readonly functions: readonly WasmFunction[];
  /** `args` is a JSON object of named arguments or a JSON array of positional ones. Never rejects for what a guest did. */
  call(name: string, args: RawJson, options: { signal: AbortSignal; deadlineMs?: number }): Promise<WasmReply>;
  close(): Promise<void>;
}

export interface WasmFunction {
  readonly name: string;
  readonly doc?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** Always of type object: a record as itself, everything else under `result`. Absent for Unit. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
}
