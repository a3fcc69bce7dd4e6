import { failure, type Failure } from '../errors/clarity-error.ts';
import { toPrintableAscii } from '../text/safe-text.ts';
import { matchesTemplate } from '../mcp/uri-template.ts';
import {
  POLICY_KNOBS,
  type KnobDenial,
  type KnobsWith,
  type NameRuleKind,
  type PolicyKnob,
  type PolicyRule,
} from '../services/policy-knobs.ts';
import { limitsForTool, type NameRules, type Policy } from './policy.ts';

export type { PolicyRule } from '../services/policy-knobs.ts';

/** A call before it is admitted. */
export interface PolicyQuery {
  /** The upstream's name of the tool. */
  readonly tool: string;
  readonly requestBytes: number;
}

/** Why a call is denied. `failure` names the rule, its document and the remedy. */
export interface PolicyDenial {
  readonly rule: PolicyRule;
  readonly failure: Failure;
}

/** A policy and its document. */
export interface PolicyOrigin {
  /** `spec.policy` of the manifest, `policy 'name'`, or `the defaults`. */
  readonly where: string;
  /** How to change it, as an imperative. */
  readonly remedy: string;
  /** The policy has defaults that no document sets. */
  readonly isDefault?: true;
  readonly policy: Policy;
}

/** Returns the first rule that denies the call, independent of other calls; undefined if the policy admits it. */
export const evaluatePolicy = (policy: Policy, { tool, requestBytes }: PolicyQuery): PolicyRule | undefined =>
  ruleOf(toolTerms(policy, tool), requestBytes);

/** The part of a policy that concerns one tool, the same for all of its calls. */
export interface ToolTerms {
  /** The rule that denies every call. */
  readonly denial: PolicyRule | undefined;
  readonly maxRequestBytes: number;
}

/** Returns the terms of a tool. They are those of this policy object: another policy is another object. */
export function toolTerms(policy: Policy, tool: string): ToolTerms {
  const { maxRequestBytes = Infinity } = limitsForTool(policy, tool);
  if (policy.deny.has(tool)) return { denial: 'denyTools', maxRequestBytes };
  const isAllowed = policy.allow === undefined || policy.allow.has(tool);
  return { denial: isAllowed ? undefined : 'allowTools', maxRequestBytes };
}

/** Returns the first rule that denies a call of that size. */
export const ruleOf = ({ denial, maxRequestBytes }: ToolTerms, requestBytes: number): PolicyRule | undefined =>
  denial ?? (requestBytes > maxRequestBytes ? 'maxRequestBytes' : undefined);

/** Kinds of names besides tools. */
export type ContentKind = Exclude<NameRuleKind, 'tools'>;

/**
 * Returns the rule that denies a prompt or a resource; undefined if the policy admits it.
 * A URI template in a list of resources also names every URI that it can expand to.
 */
export function contentRule(policy: Policy, kind: ContentKind, name: string): PolicyRule | undefined {
  const rules = policy[kind];
  const isPrompt = kind === 'prompts';
  if (namesContent(kind, rules.deny, name)) return isPrompt ? 'denyPrompts' : 'denyResources';
  if (rules.allow.every((allow) => namesContent(kind, allow, name))) return undefined;
  return isPrompt ? 'allowPrompts' : 'allowResources';
}

/** Returns true if a list of a policy contains the name, or a template that can expand to the URI. */
export const namesContent = (kind: ContentKind, names: ReadonlySet<string>, name: string): boolean =>
  names.has(name) ||
  (kind === 'resources' && [...names].some((each) => each.includes('{') && matchesTemplate(each, name)));

/** Returns whether clients see the tool: the policy admits it without arguments. */
export const isToolVisible = (policy: Policy, tool: string): boolean =>
  evaluatePolicy(policy, { tool, requestBytes: 0 }) === undefined;

/** Returns the denial by a rule. It names the document with the strictest value. */
export function denialFor(rule: PolicyRule, query: PolicyQuery, sources: readonly PolicyOrigin[]): PolicyDenial {
  const denial: KnobDenial = POLICY_KNOBS[rule].denial;
  const by = denial.comparedBy ?? rule;
  const bounds = sources.map((source) => ({ source, bound: boundOf(by, source.policy, query.tool) }));
  const [strictest] = bounds.filter(({ bound }) => bound !== undefined).sort((a, b) => (a.bound ?? 0) - (b.bound ?? 0));
  const { where = 'the policy', remedy = 'change the policy' } = strictest?.source ?? {};
  const facts = {
    tool: toPrintableAscii(query.tool),
    requestBytes: query.requestBytes,
    where,
    bound: strictest?.bound,
  };
  return { rule, failure: failure(denial.code, denial.message(facts), { hint: `${denial.hint}: ${remedy}` }) };
}

type NameListRule = KnobsWith<{ readonly names: NameRuleKind }>;

const isDenied = (
  { names, merge }: { readonly names: ContentKind; readonly merge: PolicyKnob['merge'] },
  { allow, deny }: NameRules,
  name: string,
): boolean =>
  merge === 'union' ? namesContent(names, deny, name) : !allow.every((each) => namesContent(names, each, name));

/** Returns the value by which a policy denies calls of the tool; undefined if it does not. The smallest is the strictest. */
function boundOf(rule: PolicyRule, policy: Policy, tool: string): number | undefined {
  const { merge, scope, names = 'tools' }: PolicyKnob = POLICY_KNOBS[rule];
  if (names !== 'tools') return isDenied({ names, merge }, policy[names], tool) ? 0 : undefined;
  if (merge === 'union') return policy.deny.has(tool) ? 0 : undefined;
  if (merge === 'intersection') return policy.allow?.has(tool) === false ? 0 : undefined;
  const name = rule as Exclude<PolicyRule, NameListRule>;
  const limits = scope === 'call' ? limitsForTool(policy, tool) : { ...policy.base, ...policy.tools.get(tool) };
  const bound = limits[name];
  return typeof bound === 'object' ? bound.perMinute : bound;
}
