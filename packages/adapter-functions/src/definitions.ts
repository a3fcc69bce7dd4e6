import type { Caller } from '@clarity-runtime/core';

/** The part of Standard Schema 1 that is used: zod 4, Valibot, ArkType and others have it. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
    /** Standard JSON Schema. */
    readonly jsonSchema?: {
      readonly input: (options: { readonly target: 'draft-2020-12' }) => Record<string, unknown>;
    };
  };
}

/** The outcome of a validation (Standard Schema 1). */
export type StandardResult<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly StandardIssue[] };

/** One problem of a value (Standard Schema 1). */
export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** A JSON Schema 2020-12 of an object. */
export type ObjectSchema = Readonly<Record<string, unknown>> & { readonly type: 'object' };

/** The call of a function. */
export interface FunctionCall {
  /** Aborts when the caller cancels, a limit is exceeded or the service stops. */
  readonly signal: AbortSignal;
  /** The caller of the call; undefined for a request of the runtime itself. */
  readonly caller: Caller | undefined;
  /** Sends progress to a caller that asked for it (MCP 2025-11-25, "Progress"). `progress` must increase. */
  readonly progress: (progress: number, total?: number, message?: string) => void;
  /** Writes one line to the log of the service. */
  readonly log: (line: string) => void;
}

type Awaitable<T> = T | Promise<T>;

/** An exception that becomes an error of the protocol, for what a model cannot correct (JSON-RPC 2.0 §5.1). */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** The arguments of a tool whose schema is JSON Schema. */
export type JsonArguments = Readonly<Record<string, unknown>>;

/** A tool. Arguments that do not fit `input` never reach `run`, whose argument has the type of a Standard Schema. */
export interface FunctionTool<Arguments = JsonArguments> {
  readonly title?: string;
  readonly description?: string;
  /** Schema of the arguments: a Standard Schema with a JSON Schema (zod 4.2 or newer), or JSON Schema. Absent: no arguments. */
  readonly input?: StandardSchema<Arguments> | ObjectSchema;
  /** JSON Schema of the structured result. */
  readonly output?: ObjectSchema;
  /** Hints for clients (MCP 2025-11-25, `ToolAnnotations`), such as `readOnlyHint`. */
  readonly annotations?: Readonly<Record<string, unknown>>;
  /**
   * Returns a text, an object (the structured result), a result with `content`, or nothing. An exception becomes a result with
   * `isError`, whose text is its message; a `ProtocolError` becomes an error of the protocol.
   */
  run(args: unknown extends Arguments ? JsonArguments : Arguments, context: FunctionCall): Awaitable<unknown>;
}

/** A resource of a service of functions. */
export interface FunctionResource {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  /** Returns a text, or bytes, which clients receive in base64. */
  read(uri: string, context: FunctionCall): Awaitable<string | Uint8Array>;
}

/** A prompt of a service of functions. */
export interface FunctionPrompt {
  readonly title?: string;
  readonly description?: string;
  readonly arguments?: readonly { readonly name: string; readonly description?: string; readonly required?: boolean }[];
  /** Returns the text of one user message, or messages (MCP 2025-11-25, `PromptMessage`). */
  get(args: Readonly<Record<string, string>>, context: FunctionCall): Awaitable<string | readonly object[]>;
}

/** A service of functions: its name, tools, resources and prompts. */
export interface FunctionsDefinition<
  Tools extends Readonly<Record<string, unknown>> = Readonly<Record<string, JsonArguments>>,
> {
  /** Name of the service and prefix of its tools: lower-case letters, digits, `-` and `_`, at most 64. */
  readonly name: string;
  readonly version?: string;
  /** Instructions for models. */
  readonly instructions?: string;
  /** Tools by name. */
  readonly tools?: { readonly [Name in keyof Tools]: FunctionTool<Tools[Name]> };
  /** Resources by URI. */
  readonly resources?: Readonly<Record<string, FunctionResource>>;
  readonly prompts?: Readonly<Record<string, FunctionPrompt>>;
}
