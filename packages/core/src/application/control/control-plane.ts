import { isModel } from '../../domain/access/caller.ts';
import type { FailureWords } from '../../domain/errors/library-words.ts';
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
  /** Undefined when the runtime requires no approvals. */
  readonly approvals: Approvals | undefined;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly words: FailureWords;
}

/** Returns the control tools as built-in services. */
export function controlPlane({ approvals, ...dependencies }: ControlPlaneDependencies): readonly BuiltInService[] {
  const approvalQueue: ApprovalQueue = (tool, { caller, args }) => {
    if (approvals === undefined || !isModel(caller) || tool.waits?.(args) !== true) return undefined;
    return approvals.ask(caller, { tool: tool.name, arguments: args });
  };
  return builtIns({ ...dependencies, approvalQueue });
}
