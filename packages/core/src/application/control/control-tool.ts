import type { Caller } from '../../domain/access/caller.ts';
import type { AccessRequest } from '../../domain/access/decide.ts';
import type { Verb } from '../../domain/access/grant.ts';
import type { JsonSchema } from '../../domain/services/schema-parts.ts';

export type Arguments = Readonly<Record<string, unknown>>;

/** One call of a control tool. The arguments match the schema of the tool. */
export interface ControlCall<Args> {
  readonly caller: Caller;
  readonly args: Args;
  readonly signal: AbortSignal;
  /** Result of `inputs` that an operator has approved. */
  readonly approved?: unknown;
}

/** One control tool: definition, required grant and implementation. */
export interface ControlTool<Args = Arguments> {
  /** Without the prefix of the endpoint. */
  readonly name: string;
  readonly title: string;
  /** Description for models: effect and use. */
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  readonly annotations: ControlAnnotations;
  /** Grant that a caller needs to list and to call the tool. */
  readonly grant: Verb;
  /** Further grant that these arguments require. */
  grantOf?(args: Args): Verb;
  /** The call changes the workspace or the machine, so its caller needs the grant for every service. */
  readonly concernsAll?: true;
  /** Whether the call waits for an approval if the runtime requires approvals. */
  waits?(args: Args): boolean;
  /** Returns the state outside of the arguments that the call depends on. An approval is void when it changes. */
  inputs?(call: ControlCall<Args>): Promise<unknown>;
  /** Returns plain JSON data. @throws ClarityError */
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
/** The tool may start programs or connect to other machines. */
export const REACH: ControlAnnotations = { readOnlyHint: false, destructiveHint: false, openWorldHint: true };

/** Returns a tool whose arguments have the types of its schema. */
export const controlTool = <Args>(tool: ControlTool<Args>): ControlTool => tool as unknown as ControlTool;

/** Returns what a caller needs to list and to call a tool. */
export const accessTo = ({ grant, concernsAll }: Pick<ControlTool, 'grant' | 'concernsAll'>): AccessRequest => ({
  verb: grant,
  target: concernsAll === true ? 'everything' : 'something',
});
