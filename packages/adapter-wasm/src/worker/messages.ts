import type { InterfaceDocument } from '@clarity-runtime/core';
import type { EngineProgram, GuestProgram, WasmFailureCode } from '@clarity-runtime/core/ports';
import type { RefusalCode } from '../guard/module-refusal.ts';
import type { LeftOut } from '../interface/module-interface.ts';
import type { Assertion } from '../guest/assertion.ts';

export interface GuestLimits {
  readonly maxMemoryBytes: number;
  /** Maximum bytes of the serialized result. */
  readonly maxResultBytes: number;
}

/** The data of a compiled module for a worker. It can be posted between threads, `WebAssembly.Module` included. */
export interface ModulePlan {
  readonly document: InterfaceDocument;
  /** Exports of a module without a document that are not in it. */
  readonly leftOut?: readonly LeftOut[];
  readonly imports: readonly string[];
  readonly hasMemory: boolean;
  readonly keepsState: boolean;
  readonly limits: GuestLimits;
  /** Whether the module may assert. */
  readonly tests: boolean;
}

/** A loaded module, or a loaded program with the path of its engine. It can be posted between threads. */
export type LoadedGuest =
  | { readonly type: 'module'; readonly module: WebAssembly.Module; readonly plan: ModulePlan }
  | { readonly type: 'program'; readonly engine: string; readonly program: EngineProgram };

/** One call with `args` as JSON text. */
export interface CallOrder {
  readonly id: number;
  /** Number of the module in its worker. */
  readonly key: number;
  readonly name: string;
  readonly args: string;
  readonly deadlineMs: number;
}

/** The outcome of a call; `json` is JSON text. */
export type GuestCallOutcome =
  | { readonly type: 'value'; readonly json: string }
  | { readonly type: 'err'; readonly json: string }
  | { readonly type: 'failure'; readonly code: WasmFailureCode; readonly message: string };

/**
 * A message to the worker. The answer to `load` is `compiled` and then `loaded`, or `refused`; the answer to each call is
 * a `reply`, in order. A worker has several modules, each under a `key`.
 */
export type WorkerOrder =
  | {
      readonly type: 'load';
      readonly key: number;
      readonly wasm: Uint8Array<ArrayBuffer>;
      readonly document: InterfaceDocument | undefined;
      readonly limits: GuestLimits;
      readonly tests?: boolean;
      readonly program?: GuestProgram;
    }
  | { readonly type: 'adopt'; readonly key: number; readonly guest: LoadedGuest }
  | { readonly type: 'forget'; readonly key: number }
  | { readonly type: 'calls'; readonly calls: readonly CallOrder[] };

/** The assertions of one test: their number and the failed ones, at most 100. */
export interface Assertions {
  readonly checked: number;
  readonly failures: readonly Assertion[];
}

/**
 * A message from the worker. `ready` comes first, once, with the memory of its `ReplyRing`. `replies` announces replies
 * in the ring.
 */
export type WorkerReport =
  | { readonly type: 'ready'; readonly replies?: SharedArrayBuffer }
  | { readonly type: 'replies' }
  | { readonly type: 'compiled' }
  | { readonly type: 'loaded'; readonly guest: LoadedGuest }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly reason: string }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly outcome: GuestCallOutcome;
      readonly assertions?: Assertions;
    }
  | { readonly type: 'log'; readonly key: number; readonly lines: readonly string[] };
