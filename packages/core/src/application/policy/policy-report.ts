import { callTimes } from '../../domain/calls/call-limits.ts';
import type { EffectivePolicy } from '../../domain/calls/effective-policy.ts';
import { boundsOf, type Policy } from '../../domain/calls/policy.ts';
import { judge, refusalFor, type CallQuestion } from '../../domain/calls/policy-verdict.ts';
import type { Service } from '../../domain/services/service.ts';
import type { PolicyReport, WrittenPolicy, PolicyTestResult } from '../../ports/inbound/policy-operations.ts';

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
