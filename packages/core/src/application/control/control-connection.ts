import type { Caller } from '../../domain/access/caller.ts';
import { ClarityError, failure, isClarityError, type Failure } from '../../domain/errors/clarity-error.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
import { RpcCode, type McpReply, type McpRequest } from '../../domain/mcp/mcp.ts';
import { RawJson } from '../../domain/json/raw-json.ts';
import { failedToolResult } from '../../domain/mcp/tool-result.ts';
import type { Connection, SchemaCheck, SchemaValidator, UpstreamRequestOptions } from '../../ports/index.ts';
import type { Guard } from '../use-cases/guard.ts';
import { accessTo, type Arguments, type ControlCall, type ControlTool } from './control-tool.ts';

/** Returns the pending state or the result of a call that needs an approval, or undefined for any other call. */
export type ApprovalQueue = (tool: ControlTool, call: ControlCall<Arguments>) => Promise<object> | undefined;

export interface ControlConnectionDependencies {
  readonly tools: readonly ControlTool[];
  /** Prefix of tool names in messages: `runtime__`. */
  readonly prefix: string;
  readonly validator: SchemaValidator;
  readonly guard: Guard;
  readonly approvalQueue: ApprovalQueue;
  readonly words: FailureWords;
}

/** Connection to the control tools. A `ClarityError` of a tool becomes a result with `isError`. */
export class ControlConnection implements Connection {
  readonly era = 'modern';
  readonly capabilities = { tools: {} };
  readonly #dependencies: ControlConnectionDependencies;
  readonly #tools: ReadonlyMap<string, { readonly tool: ControlTool; readonly check: SchemaCheck }>;

  constructor(dependencies: ControlConnectionDependencies) {
    this.#dependencies = dependencies;
    this.#tools = new Map(
      dependencies.tools.map((tool) => [tool.name, { tool, check: dependencies.validator(tool.inputSchema) }] as const),
    );
  }

  async request({ method, params }: McpRequest, { caller, signal }: UpstreamRequestOptions): Promise<McpReply> {
    const name = params.get('name')?.value;
    const found = method === 'tools/call' && typeof name === 'string' ? this.#tools.get(name) : undefined;
    if (found === undefined) return { error: { code: RpcCode.methodNotFound, message: 'unknown control tool' } };
    if (caller === undefined) throw new ClarityError('GRANT_REQUIRED', 'the caller is unknown');
    const args = (params.get('arguments')?.value ?? {}) as Arguments;
    try {
      await this.#check(found.tool, found.check, caller, args);
      const call = { caller, args, signal };
      return succeeded(
        await Promise.resolve(this.#dependencies.approvalQueue(found.tool, call) ?? found.tool.run(call)),
      );
    } catch (error) {
      const reason = isClarityError(error) ? error.failure : failure('INTERNAL', 'the tool failed');
      return failed(this.#dependencies.words(reason));
    }
  }

  notify(): void {
    return undefined;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Checks the grant before the arguments, so that a caller without it learns nothing about the tool. */
  async #check(tool: ControlTool, check: SchemaCheck, caller: Caller, args: Arguments): Promise<void> {
    const { guard, prefix } = this.#dependencies;
    // The use case decides about the service that the call concerns.
    const { target } = accessTo(tool);
    const intent = { action: `call ${prefix}${tool.name}`, target };
    await guard.require(caller, tool.grant, intent);
    const problem = check(args);
    if (problem !== undefined) {
      const { field, problem: words, hint } = problem;
      const subject = words === 'is required' ? `${prefix}${tool.name} requires ${field}` : `${field} ${words}`.trim();
      throw new ClarityError('ARGUMENTS_INVALID', subject, { field, ...(hint === undefined ? {} : { hint }) });
    }
    const grant = tool.grantOf?.(args);
    if (grant !== undefined) await guard.require(caller, grant, intent);
  }
}

const succeeded = (value: object): McpReply => {
  const text = JSON.stringify(value, null, 2);
  return {
    result: RawJson.of({ content: [{ type: 'text', text }], structuredContent: JSON.parse(text) as unknown }),
    isError: false,
  };
};

const failed = (reason: Failure): McpReply => ({ result: failedToolResult(reason), isError: true });
