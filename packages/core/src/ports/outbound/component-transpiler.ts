import type { GuestProgram, WasmFunction, WasmModule } from './wasm-host.ts';

/** HTTP requests that a component may send. */
export interface NetworkGrant {
  /** `api.example.com`, `*.example.com` for all names below, or either with `:port`. Without a port: 80 and 443. */
  readonly hosts: readonly string[];
  /** In upper case. */
  readonly methods: readonly string[];
  /** Maximum bytes of the body of a request, and of a response. */
  readonly maxBytes: number;
  /** Milliseconds of one request. */
  readonly timeoutMs: number;
}

/** The parts of this machine that are granted to a component. Nothing is granted by default. */
export interface ComponentGrants {
  /** Folders: absolute path of this machine, and the path under which the component sees it. */
  readonly files?: readonly { readonly path: string; readonly guest: string; readonly access: 'ro' | 'rw' }[];
  /** Variables with their values. */
  readonly env?: readonly (readonly [name: string, value: string])[];
  readonly time?: boolean;
  readonly random?: boolean;
  readonly network?: NetworkGrant;
}

/** The tools and the imports of a component. */
export interface ComponentContents {
  readonly functions: readonly WasmFunction[];
  readonly leftOut: NonNullable<WasmModule['leftOut']>;
  /** Names of the imported interfaces, with versions. */
  readonly imports: readonly string[];
  /** Fields of `spec.capabilities` that the imports can use. */
  readonly grants: readonly string[];
  /** Imports whose functions always fail, because nothing grants them. */
  readonly denied: readonly string[];
}

/** Turns WebAssembly components into programs of a `WasmHost`, apart from the calling thread and within limits. */
export interface ComponentTranspiler {
  /** @throws ClarityError MODULE_INVALID with the reason; CALL_CANCELLED when the signal aborts. */
  prepare(component: Uint8Array, grants: ComponentGrants, signal: AbortSignal): Promise<GuestProgram>;
  /** Returns what a component offers, without running it. @throws ClarityError like `prepare`. */
  inspect(component: Uint8Array, signal: AbortSignal): Promise<ComponentContents>;
  /** Ends the network of all components. */
  close?(): Promise<void>;
}
