/** A type of the Clarity language as the interface document writes it. Aliases are resolved before they get here. */
export type ClarityType =
  | { readonly kind: 'Int64' | 'Float64' | 'Bool' | 'String' | 'Unit' | 'Bytes' | 'Timestamp' }
  | { readonly kind: 'List'; readonly element: ClarityType }
  | { readonly kind: 'Option'; readonly value: ClarityType }
  | { readonly kind: 'Result'; readonly ok: ClarityType; readonly error: ClarityType }
  | { readonly kind: 'Map'; readonly key: ClarityType; readonly value: ClarityType }
  /** A record or union that stands under this name in `types` of the document. */
  | { readonly kind: 'Named'; readonly name: string };

export interface ClarityField {
  readonly name: string;
  readonly type: ClarityType;
}

/** Fields and variants stand in declaration order: the order decides the layout in memory. */
export type ClarityTypeDefinition =
  | { readonly kind: 'record'; readonly fields: readonly ClarityField[] }
  | {
      readonly kind: 'union';
      readonly variants: readonly { readonly name: string; readonly fields: readonly ClarityField[] }[];
    };

export interface ClarityFunction {
  readonly name: string;
  /** The comment that stands directly above the function, without its slashes. */
  readonly doc?: string;
  readonly effects: readonly string[];
  readonly params: readonly ClarityField[];
  readonly result: ClarityType;
}

/** Which compiler built an artifact. `embedded` is ours; `external` is a binary that the operator named. */
export interface CompilerIdentity {
  readonly kind: 'embedded' | 'external';
  readonly name: string;
  readonly version: string;
}

/**
 * The document `<name>.interface.json` beside `<name>.wasm`: what a module's functions are called, take and return.
 * It is bound to one module by `wasmSha256` and is input like any other: the host checks each signature against the
 * module before it believes a word of it.
 */
export interface InterfaceDocument {
  readonly abi: 1;
  readonly module: string;
  readonly doc?: string;
  readonly compiler: CompilerIdentity;
  /** SHA-256 of the source text and of the module, in lower-case hex. */
  readonly sourceSha256: string;
  readonly wasmSha256: string;
  readonly functions: readonly ClarityFunction[];
  readonly types: Readonly<Record<string, ClarityTypeDefinition>>;
}
