import type { CallPolicy, ServicePolicy } from '../services/manifest.ts';
import { knobNames, type KnobsWith } from '../services/policy-knobs.ts';
import type { Rate } from './rate-limit.ts';

/**
 * A policy ready to evaluate. A tool's own limits of single calls replace those of the service; `maxConcurrency`, `queue`
 * and `rate` of a tool apply in addition to those of the service. An absent limit is unlimited.
 */
export interface Policy {
  readonly base: CallPolicy;
  /** By the upstream's name of the tool. */
  readonly tools: ReadonlyMap<string, CallPolicy>;
  /** The only tools that may be called; all tools if absent. */
  readonly allow?: ReadonlySet<string>;
  /** Wins over `allow`. */
  readonly deny: ReadonlySet<string>;
  readonly prompts: NameRules;
  readonly resources: NameRules;
}

/** The names that a policy admits. */
export interface NameRules {
  /** Every list must admit a name. */
  readonly allow: readonly ReadonlySet<string>[];
  /** Wins over `allow`. */
  readonly deny: ReadonlySet<string>;
}

type PerCallKnob = KnobsWith<{ readonly scope: 'call' }>;
type MinimumKnob = KnobsWith<{ readonly merge: 'min' }>;

const PER_CALL = knobNames(({ scope }) => scope === 'call') as readonly PerCallKnob[];
const MINIMUM = knobNames(({ merge }) => merge === 'min') as readonly MinimumKnob[];

/** Returns the policy that a document writes: limits of tools completed, lists as sets. */
export function policyOf({
  allowTools,
  denyTools = [],
  allowPrompts,
  denyPrompts,
  allowResources,
  denyResources,
  tools = {},
  ...base
}: ServicePolicy): Policy {
  const own = Object.entries(tools).map(([tool, bounds]): [string, CallPolicy] => [
    tool,
    tidy({ ...perCall(base), ...bounds }),
  ]);
  return {
    base: tidy(base),
    tools: new Map(own),
    deny: new Set(denyTools),
    prompts: rulesOf(allowPrompts, denyPrompts),
    resources: rulesOf(allowResources, denyResources),
    ...(allowTools === undefined ? {} : { allow: new Set(allowTools) }),
  };
}

/** Returns the limits of one call of a tool. */
export function limitsForTool({ base, tools }: Policy, tool: string): CallPolicy {
  const known = tools.get(tool) ?? limitsOfCalls.get(base);
  if (known !== undefined) return known;
  const limits = perCall(base);
  limitsOfCalls.set(base, limits);
  return limits;
}

const limitsOfCalls = new WeakMap<CallPolicy, CallPolicy>();

/** Returns the policy with absent limits, of the service and of its tools, taken from `usual`. */
export function withDefaults({ base, tools, ...lists }: Policy, usual: CallPolicy): Policy {
  const own = [...tools].map(([tool, bounds]): [string, CallPolicy] => [tool, completed(bounds, perCall(usual))]);
  return { ...lists, base: completed(base, usual), tools: new Map(own) };
}

/** `idleTimeoutMs` is another name of `timeoutMs`, so that the default of one does not limit a value of the other. */
const completed = (bounds: CallPolicy, { timeoutMs, ...usual }: CallPolicy): CallPolicy =>
  tidy({ ...usual, ...(bounds.idleTimeoutMs === undefined ? { timeoutMs } : {}), ...bounds });

/** Returns the policy that admits only calls that both admit: the smaller limits, every denial, tools that both allow. */
export function strictestOf(a: Policy, b: Policy): Policy {
  const names = new Set([...a.tools.keys(), ...b.tools.keys()]);
  const tools = [...names]
    .sort()
    .map((tool): [string, CallPolicy] => [tool, tighter(limitsForTool(a, tool), limitsForTool(b, tool))]);
  const allow = bothAllow(a.allow, b.allow);
  return {
    base: tighter(a.base, b.base),
    tools: new Map(tools),
    deny: new Set([...a.deny, ...b.deny].sort()),
    prompts: bothRules(a.prompts, b.prompts),
    resources: bothRules(a.resources, b.resources),
    ...(allow === undefined ? {} : { allow }),
  };
}

function tighter(a: CallPolicy, b: CallPolicy): CallPolicy {
  const members = MINIMUM.map((name) => [name, smaller(a[name], b[name])] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}

type Bound = number | Rate | undefined;

function smaller(a: Bound, b: Bound): Bound {
  const both = [a, b].filter((bound) => bound !== undefined);
  const rates = both.filter((bound) => typeof bound === 'object');
  if (rates.length === 0) return both.length === 0 ? undefined : Math.min(...(both as readonly number[]));
  return {
    perMinute: Math.min(...rates.map(({ perMinute }) => perMinute)),
    burst: Math.min(...rates.map(({ perMinute, burst = perMinute }) => burst)),
  };
}

const rulesOf = (allow: readonly string[] | undefined, deny: readonly string[] = []): NameRules => ({
  allow: allow === undefined ? [] : [new Set([...allow].sort())],
  deny: new Set([...deny].sort()),
});

function bothRules(a: NameRules, b: NameRules): NameRules {
  const allow = new Map([...a.allow, ...b.allow].map((each) => [JSON.stringify([...each]), each]));
  return {
    allow: [...allow].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each),
    deny: new Set([...a.deny, ...b.deny].sort()),
  };
}

function bothAllow(a: Policy['allow'], b: Policy['allow']): Policy['allow'] {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((tool) => b.has(tool)).sort());
}

/** Returns the limits with an explicit burst of the rate. */
const tidy = (policy: CallPolicy): CallPolicy => tighter(policy, {});

const perCall = (policy: CallPolicy): CallPolicy =>
  Object.fromEntries(PER_CALL.flatMap((name) => (policy[name] === undefined ? [] : [[name, policy[name]]])));
