import type { InterfaceDocument } from '@clarity-runtime/core';
import type { WasmFailureCode } from '@clarity-runtime/core/ports';
import type { RefusalCode } from '../guard/module-refusal.ts';
import type { Assertion } from '../guest/assertion.ts';

export interface GuestLimits {
  readonly maxMemoryBytes: number;
  /** Of the serialised result. */
  readonly maxResultBytes: number;
}

/** All that a worker has to know of a compiled module; it crosses threads, and so does a `WebAssembly.Module`. */
export interface ModulePlan {
  readonly document: InterfaceDocument;
  readonly imports: readonly string[];
  readonly hasMemory: boolean;
  readonly keepsState: boolean;
  readonly limits: GuestLimits;
  /** It may assert. */
  readonly tests: boolean;
}

/** One call; `args` is JSON text. */
export interface CallOrder {
  readonly id: number;
  readonly name: string;
  readonly args: string;
  readonly deadlineMs: number;
}

/** How a call ended; `json` is JSON text. */
export type GuestCallOutcome =
  | { readonly type: 'value'; readonly json: string }
  | { readonly type: 'err'; readonly json: string }
  | { readonly type: 'failure'; readonly code: WasmFailureCode; readonly message: string };

/** To the worker. `load` is answered by `loaded` or `refused`, each call by a `reply`, in their order. */
export type WorkerOrder =
  | {
      readonly type: 'load';
      readonly wasm: Uint8Array<ArrayBuffer>;
      readonly document: InterfaceDocument | undefined;
      readonly limits: GuestLimits;
      readonly tests?: boolean;
    }
  | { readonly type: 'adopt'; readonly module: WebAssembly.Module; readonly plan: ModulePlan }
  | { readonly type: 'calls'; readonly calls: readonly CallOrder[] };

/** What one test asserted: how often, and what did not hold, at most 100 of it. */
export interface Assertions {
  readonly checked: number;
  readonly failures: readonly Assertion[];
}

/** From the worker. `ready` comes first, once, with the memory of its `ReplyRing`; `replies` says that there are some in it. */
export type WorkerReport =
  | { readonly type: 'ready'; readonly replies?: SharedArrayBuffer }
  | { readonly type: 'replies' }
  | { readonly type: 'loaded'; readonly module: WebAssembly.Module; readonly plan: ModulePlan }
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly reason: string }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly outcome: GuestCallOutcome;
      readonly assertions?: Assertions;
    }
  | { readonly type: 'log'; readonly lines: readonly string[] };
