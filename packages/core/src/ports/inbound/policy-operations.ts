import type { CallPolicy } from '../../domain/services/manifest.ts';
import type { CallLimits } from '../../domain/calls/call-limits.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { PolicyRule, PolicyQuery } from '../../domain/calls/policy-verdict.ts';
import type { Caller } from '../../domain/access/caller.ts';
import type { PolicyDocument } from '../../domain/calls/policy-document.ts';

/** The policy of a service. Published JSON of the API. */
export interface PolicyReport {
  readonly serviceId: string;
  readonly policyRef: string;
  /** The limits that apply. */
  readonly effective: WrittenPolicy;
  /** The policies that `effective` combines. */
  readonly sources: readonly { readonly where: string; readonly policy: WrittenPolicy }[];
}

/** A policy as JSON, with sets as sorted lists. */
export interface WrittenPolicy extends CallPolicy {
  readonly allowTools?: readonly string[];
  readonly denyTools?: readonly string[];
  readonly allowPrompts?: readonly string[];
  readonly denyPrompts?: readonly string[];
  readonly allowResources?: readonly string[];
  readonly denyResources?: readonly string[];
  readonly tools?: Readonly<Record<string, CallPolicy>>;
}

/** Verdict about a single call, independent of other calls. */
export interface PolicyTestResult {
  readonly serviceId: string;
  readonly tool: string;
  readonly verdict: 'allowed' | 'refused';
  /** Limits of the call. */
  readonly bounds: CallPolicy;
  /** Timeouts in milliseconds; 0 means no limit. */
  readonly times: Pick<CallLimits, 'idleMs' | 'totalMs'>;
  /** With verdict `refused`: the rule, and the error that the caller would receive. */
  readonly rule?: PolicyRule;
  readonly failure?: Failure;
}

/** Use cases of policies. Failures are `ClarityError`s. */
export interface PolicyOperations {
  /** Returns all policies by name; `default` always exists. */
  list(caller: Caller): readonly PolicyDocument[];
  /**
   * Returns a policy.
   * @throws ClarityError POLICY_NOT_FOUND for an unknown name.
   */
  get(caller: Caller, name: string): PolicyDocument;
  /**
   * Validates the document and replaces the policy of its name. Services with this policy use it for their next call.
   * `expected` is the SHA-256 of the canonical JSON of the policy that the caller has seen; null when it has seen none.
   * @throws ClarityError POLICY_INVALID when the document is not valid, REVISION_CONFLICT when `expected` is not the stored one.
   */
  apply(caller: Caller, document: unknown, expected?: string | null): Promise<PolicyDocument>;
  /**
   * Deletes a policy.
   * @throws ClarityError POLICY_NOT_FOUND for an unknown name, POLICY_IN_USE while a service names it.
   */
  remove(caller: Caller, name: string): Promise<void>;
  /**
   * Returns the policy of a service and its sources.
   * @throws ClarityError SERVICE_NOT_FOUND for an unknown service.
   */
  show(caller: Caller, serviceId: string): PolicyReport;
  /**
   * Evaluates the policy for a call without calling the tool.
   * @throws ClarityError SERVICE_NOT_FOUND for an unknown service.
   */
  test(caller: Caller, serviceId: string, question: PolicyQuery): PolicyTestResult;
}
