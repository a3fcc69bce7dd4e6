import type { WasmFailureCode, WasmFunction, WasmModule } from './wasm-host.ts';

/** A parsed JSON value. Objects are Maps; an integer literal that a double cannot represent exactly is a bigint. */
export type ExactJson =
  null | boolean | number | bigint | string | readonly ExactJson[] | ReadonlyMap<string, ExactJson>;

/** Tools of the worker for an engine. */
export interface EngineTools {
  readonly maxMemoryBytes: number;
  readonly maxResultBytes: number;
  /**
   * Checks a core module and caps its memory and tables. `keepsState`: its state outside of the memory can change.
   * @throws an error with the reason when the module is not accepted.
   */
  readonly guard: (
    module: Uint8Array,
    maxMemoryBytes: number,
  ) => { readonly bytes: Uint8Array<ArrayBuffer>; readonly hasMemory: boolean; readonly keepsState: boolean };
}

/** The program of a guest, as an engine made it. */
export interface EngineProgram {
  readonly functions: readonly WasmFunction[];
  readonly leftOut: NonNullable<WasmModule['leftOut']>;
  /** Input of `open`; it can be posted between threads. */
  readonly state: unknown;
}

/** The outcome of a call; `json` is JSON text. */
export type EngineReply =
  | { readonly type: 'value'; readonly json: string }
  | { readonly type: 'err'; readonly json: string }
  | { readonly type: 'failure'; readonly code: WasmFailureCode; readonly message: string };

/** An opened program. It is dropped after a call that failed in any other way than by its arguments. */
export interface EngineInstance {
  /** Errors of WebAssembly, and of the stack, are thrown as they are. */
  call(name: string, args: ExactJson, deadlineMs: number): EngineReply;
}

/** Runs programs in a worker. All methods are synchronous: the host ends the thread at the deadline of a call. */
export interface GuestEngine {
  /** Checks and compiles a program. @throws an error whose message is the reason of the refusal. */
  load(data: Uint8Array, tools: EngineTools): EngineProgram;
  /** Instantiates a program. Its calls share no state. */
  open(state: unknown, log: (line: string) => void): EngineInstance;
}
