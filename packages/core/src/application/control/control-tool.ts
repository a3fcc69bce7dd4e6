import type { Caller, Grant } from '../../domain/access/caller.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;
export type Arguments = Readonly<Record<string, unknown>>;

/** One call of a control tool; the arguments fit the tool's schema. */
export interface ControlCall<Args> {
  readonly caller: Caller;
  readonly args: Args;
  readonly signal: AbortSignal;
}

/** One tool of the runtime itself: a row of the table that is listed, checked and called. */
export interface ControlTool<Args = Arguments> {
  /** Without the prefix of the endpoint. */
  readonly name: string;
  readonly title: string;
  /** For a model: what it does and when to use it. */
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  readonly annotations: ControlAnnotations;
  /** What a caller must hold for it to be listed and run. */
  readonly grant: Grant;
  /** What these arguments ask for besides. */
  grantOf?(args: Args): Grant;
  /** Where an operator approves registrations, such a call waits for one. */
  waits?(args: Args): boolean;
  /** Plain data that JSON can express; refusals are thrown as `ClarityError`. */
  run(call: ControlCall<Args>): Promise<object> | object;
}

export interface ControlAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint?: boolean;
  readonly idempotentHint?: boolean;
  readonly openWorldHint?: boolean;
}

export const READ: ControlAnnotations = { readOnlyHint: true, openWorldHint: false };
export const CHANGE: ControlAnnotations = {
  readOnlyHint: false,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
export const DESTROY: ControlAnnotations = {
  readOnlyHint: false,
  destructiveHint: true,
  idempotentHint: true,
  openWorldHint: false,
};
/** It may start programs or reach other machines. */
export const REACH: ControlAnnotations = { readOnlyHint: false, destructiveHint: false, openWorldHint: true };

/** Takes a row with the types that its schema promises for the arguments. */
export const controlTool = <Args>(tool: ControlTool<Args>): ControlTool => tool as unknown as ControlTool;
