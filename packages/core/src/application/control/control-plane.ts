import { isModel } from '../../domain/access/caller.ts';
import type { SchemaValidator } from '../../ports/index.ts';
import type { Approvals } from '../use-cases/approvals.ts';
import type { Guard } from '../use-cases/guard.ts';
import type { BuiltInService } from '../gateway/backends.ts';
import { builtIns } from './built-in-service.ts';
import type { ApprovalQueue } from './control-connection.ts';
import type { ControlTool } from './control-tool.ts';

export interface ControlPlaneDependencies {
  readonly tools: readonly ControlTool[];
  readonly validator: SchemaValidator;
  readonly guard: Guard;
  /** Present where an operator approves what is registered over MCP. */
  readonly approvals: Approvals | undefined;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** The runtime as a service among services. */
export function controlPlane({ approvals, ...parts }: ControlPlaneDependencies): readonly BuiltInService[] {
  const waitingRoom: ApprovalQueue = (tool, { caller, args }) => {
    if (approvals === undefined || !isModel(caller) || tool.waits?.(args) !== true) return undefined;
    // The request that asked is long over when an operator decides.
    const { signal } = new AbortController();
    return approvals.ask(caller, { tool: tool.name, arguments: args, run: () => tool.run({ caller, args, signal }) });
  };
  return builtIns({ ...parts, waitingRoom });
}
