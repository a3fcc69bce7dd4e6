import { callTimes, type CallTimes } from '../../domain/calls/call-limits.ts';
import type { Failure } from '../../domain/errors/clarity-error.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import type { CallPolicy } from '../../domain/services/manifest.ts';
import { boundsOf, type Policy } from '../../domain/calls/policy.ts';
import { judge, refusalFor, type CallQuestion, type PolicyRule } from '../../domain/calls/policy-verdict.ts';
import type { Service } from '../../domain/services/service.ts';

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
  readonly times: CallTimes;
  /** With a refusal: the rule, and what the caller would be told. */
  readonly rule?: PolicyRule;
  readonly failure?: Failure;
}

export const policyReport = (service: Service, { policy, sources }: EffectivePolicy): PolicyReport => ({
  serviceId: service.serviceId,
  policyRef: service.manifest.spec.policyRef,
  effective: written(policy),
  sources: sources.map((source) => ({ where: source.where, policy: written(source.policy) })),
});

export function testPolicy(
  { serviceId }: Service,
  { policy, sources }: EffectivePolicy,
  question: CallQuestion,
): PolicyTestResult {
  const bounds = boundsOf(policy, question.tool);
  const asked = { serviceId, tool: question.tool, bounds, times: callTimes(bounds) };
  const rule = judge(policy, question);
  if (rule === undefined) return { ...asked, verdict: 'allowed' };
  return { ...asked, verdict: 'refused', rule, failure: refusalFor(rule, question, sources).failure };
}

const written = ({ base, tools, allow, deny }: Policy): WrittenPolicy => ({
  ...base,
  ...(allow === undefined ? {} : { allowTools: [...allow].sort() }),
  ...(deny.size === 0 ? {} : { denyTools: [...deny].sort() }),
  ...(tools.size === 0 ? {} : { tools: Object.fromEntries(tools) }),
});
