import type { InterfaceDocument } from '../../domain/interfaces/interface-document.ts';
import type { RawJson } from '../../domain/json/raw-json.ts';

/** Limits of a module. */
export interface WasmLimits {
  /** Milliseconds of one call, from its start in the guest. */
  readonly deadlineMs: number;
  readonly maxMemoryBytes: number;
  /** Bytes of the serialized result. */
  readonly maxResultBytes: number;
}

/** A program that a worker of a `WasmHost` runs with an engine of another package. */
export interface GuestProgram {
  /** Absolute path of a CommonJS module of this installation, which exports a `GuestEngine` as `engine`. */
  readonly engine: string;
  /** Input of the engine. */
  readonly data: Uint8Array;
}

/** A module to load. */
export interface WasmModuleSpec {
  /** The core module; unused when there is a program. */
  readonly wasm: Uint8Array;
  /** Runs in place of a core module. */
  readonly program?: GuestProgram;
  /** Without a document only functions over numbers can be called, with parameters `arg0`, `arg1`, … */
  readonly document?: InterfaceDocument;
  readonly limits: WasmLimits;
  /** The module gets a process apart if the host has processes: it is from another compiler than ours. */
  readonly apart?: boolean;
  /** Its calls can change something outside of it, so that a call whose process ended is not repeated. */
  readonly hasEffects?: boolean;
  /** Receives each log line of the module, at most 4 KiB. */
  onLog(line: string): void;
}

/**
 * `value`: the function returned; `json` is its result. `err`: it returned `Err`; `json` is the error's value.
 * `failure`: the call failed (invalid arguments, trap, deadline, limit) and the module can serve the next call. The error
 * table has the codes.
 */
export type WasmReply =
  | { readonly type: 'value'; readonly json: RawJson }
  | { readonly type: 'err'; readonly json: RawJson }
  | { readonly type: 'failure'; readonly code: WasmFailureCode; readonly message: string };

/** Error codes of a failed call of a module. */
export type WasmFailureCode =
  'ARGUMENTS_INVALID' | 'WASM_TRAP' | 'WASM_DEADLINE' | 'WASM_LIMIT' | 'WASM_CAPABILITY' | 'WASM_ABI' | 'WASM_BUSY';

/** Runs guest code in threads or processes that can be ended; the calling thread never blocks. */
export interface WasmHost extends AsyncDisposable {
  /** Checks, compiles and instantiates a module. Rejects with a `ClarityError` that has the problem of the module. */
  load(spec: WasmModuleSpec, signal: AbortSignal): Promise<WasmModule>;
}

/** A loaded module. A call cannot change the state of the next call. */
export interface WasmModule {
  /** Functions that can be called, in the order of the document. */
  readonly functions: readonly WasmFunction[];
  /** Exports of a module without a document that cannot be called. Names are those of the module: escape them. */
  readonly leftOut?: readonly { readonly name: string; readonly reason: string }[];
  /** Calls a function with a JSON object of named or a JSON array of positional arguments. Guest failures do not reject. */
  call(name: string, args: RawJson, options: { signal: AbortSignal; deadlineMs?: number }): Promise<WasmReply>;
  close(): Promise<void>;
}

/** An exported function with the schemas of its tool. */
export interface WasmFunction {
  readonly name: string;
  readonly doc?: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  /** Always of type object: a record as itself, everything else under `result`. Absent for Unit. */
  readonly outputSchema?: Readonly<Record<string, unknown>>;
  /** The result is an object that is used as it is, not under `result`. Known for programs only. */
  readonly isRecord?: boolean;
}
