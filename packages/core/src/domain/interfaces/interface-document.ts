/** A type of the Clarity language in the interface document. Aliases are already resolved. */
export type ClarityType =
  | { readonly kind: 'Int64' | 'Float64' | 'Bool' | 'String' | 'Unit' | 'Bytes' | 'Timestamp' }
  /** Numbers of 32 bits, which modules of other compilers use. */
  | { readonly kind: 'Int32' | 'UInt32' | 'Float32' }
  | { readonly kind: 'List'; readonly element: ClarityType }
  | { readonly kind: 'Option'; readonly value: ClarityType }
  | { readonly kind: 'Result'; readonly ok: ClarityType; readonly error: ClarityType }
  | { readonly kind: 'Map'; readonly key: ClarityType; readonly value: ClarityType }
  /** A record or union, defined under this name in `types` of the document. */
  | { readonly kind: 'Named'; readonly name: string };

/** A field of a record or a variant, or a parameter. */
export interface ClarityField {
  readonly name: string;
  readonly type: ClarityType;
}

/** A record or union. The order of declaration of fields and variants determines the layout in memory. */
export type ClarityTypeDefinition =
  | { readonly kind: 'record'; readonly fields: readonly ClarityField[] }
  | {
      readonly kind: 'union';
      readonly variants: readonly { readonly name: string; readonly fields: readonly ClarityField[] }[];
    };

/** An exported function of a module. */
export interface ClarityFunction {
  readonly name: string;
  /** The comment directly above the function, without slashes. */
  readonly doc?: string;
  readonly effects: readonly string[];
  readonly params: readonly ClarityField[];
  readonly result: ClarityType;
}

/** The compiler of an artifact: `embedded` is the built-in one, `external` a program that the operator configured. */
export interface CompilerIdentity {
  readonly kind: 'embedded' | 'external';
  readonly name: string;
  readonly version: string;
}

/**
 * The document `<name>.interface.json` next to `<name>.wasm`: names, parameters and results of the functions of a module.
 * `wasmSha256` binds it to one module. It is untrusted: the host checks each signature against the module before use.
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
