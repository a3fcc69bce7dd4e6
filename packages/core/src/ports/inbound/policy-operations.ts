import type { CallPolicy } from '../../domain/services/manifest.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { PolicyRule, PolicyQuery } from '../../domain/calls/policy-verdict.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { PolicyDocument } from '../../domain/calls/policy-document.ts';

/** What holds for a service, with sets as sorted lists. */
export interface PolicyReport {
  readonly serviceId: string;
  readonly policyRef: string;
  readonly effective: WrittenPolicy;
  /** The parts that it was made of. */
  readonly sources: readonly { readonly where: string; readonly policy: WrittenPolicy }[];
}

export interface WrittenPolicy extends CallPolicy {
  readonly allowTools?: readonly string[];
  readonly denyTools?: readonly string[];
  readonly tools?: Readonly<Record<string, CallPolicy>>;
}

/** What would happen to a call, were it the only one. */
export interface PolicyTestResult {
  readonly serviceId: string;
  readonly tool: string;
  readonly verdict: 'allowed' | 'refused';
  readonly bounds: CallPolicy;
  readonly times: Pick<CallLimits, 'idleMs' | 'totalMs'>;
  /** With a refusal: the rule, and what the caller would be told. */
  readonly rule?: PolicyRule;
  readonly failure?: Failure;
}

/** What can be done with policies. Refusals are `ClarityError`s. */
export interface PolicyOperations {
  /** Ordered by name; `default` is always there. */
  list(caller: Caller): readonly PolicyDocument[];
  /** POLICY_NOT_FOUND when there is none. */
  get(caller: Caller, name: string): PolicyDocument;
  /** Validates the document in full and puts it in place of the one of its name; services that name it follow at once. */
  apply(caller: Caller, document: unknown): Promise<PolicyDocument>;
  /** POLICY_IN_USE as long as a service names it. */
  remove(caller: Caller, name: string): Promise<void>;
  /** What holds for the calls of a service, and what that was made of. */
  show(caller: Caller, serviceId: string): PolicyReport;
  /** What would happen to a call; nothing is called. */
  test(caller: Caller, serviceId: string, question: PolicyQuery): PolicyTestResult;
}
