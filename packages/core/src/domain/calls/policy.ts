import type { CallPolicy, ServicePolicy } from '../services/manifest.ts';

/**
 * A policy with nothing left to look up. Bounds of single calls (`timeoutMs`, bytes) that a tool has of its own stand in
 * place of the service's; `maxConcurrency`, `queue` and `rate` of a tool hold beside the service's. What is absent is
 * unbounded.
 */
export interface Policy {
  readonly base: CallPolicy;
  /** By the name that the service gives the tool. */
  readonly tools: ReadonlyMap<string, CallPolicy>;
  /** Nothing else may be called; all tools when absent. */
  readonly allow?: ReadonlySet<string>;
  /** Wins over `allow`. */
  readonly deny: ReadonlySet<string>;
}

const PER_CALL = ['timeoutMs', 'idleTimeoutMs', 'maxTimeoutMs', 'maxRequestBytes', 'maxResponseBytes'] as const;
const SHARED = ['maxConcurrency', 'queue'] as const;

export type PerCallBound = (typeof PER_CALL)[number];

/** What a written policy means. */
export function policyOf({ allowTools, denyTools = [], tools = {}, ...base }: ServicePolicy): Policy {
  const own = Object.entries(tools).map(([tool, bounds]): [string, CallPolicy] => [
    tool,
    tidy({ ...perCall(base), ...bounds }),
  ]);
  return {
    base: tidy(base),
    tools: new Map(own),
    deny: new Set(denyTools),
    ...(allowTools === undefined ? {} : { allow: new Set(allowTools) }),
  };
}

/** The bounds of one call of a tool. */
export const limitsForTool = ({ base, tools }: Policy, tool: string): CallPolicy => tools.get(tool) ?? perCall(base);

/** The policy with absent bounds of the service and of its tools taken from `usual`. */
export function withDefaults({ base, tools, ...lists }: Policy, usual: CallPolicy): Policy {
  const own = [...tools].map(([tool, bounds]): [string, CallPolicy] => [tool, tidy({ ...perCall(usual), ...bounds })]);
  return { ...lists, base: tidy({ ...usual, ...base }), tools: new Map(own) };
}

/** Admits what both admit: the tighter of each two bounds, every denial, only what every list allows. */
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
    ...(allow === undefined ? {} : { allow }),
  };
}

function tighter(a: CallPolicy, b: CallPolicy): CallPolicy {
  const least = (name: PerCallBound | (typeof SHARED)[number]) => Math.min(a[name] ?? Infinity, b[name] ?? Infinity);
  const bounds = [...PER_CALL, ...SHARED].map((name) => [name, least(name)] as const);
  const rates = [a.rate, b.rate].filter((rate) => rate !== undefined);
  const rate = {
    perMinute: Math.min(...rates.map(({ perMinute }) => perMinute)),
    burst: Math.min(...rates.map(({ perMinute, burst = perMinute }) => burst)),
  };
  return {
    ...Object.fromEntries(bounds.filter(([, value]) => value !== Infinity)),
    ...(rates.length === 0 ? {} : { rate }),
  };
}

function bothAllow(a: Policy['allow'], b: Policy['allow']): Policy['allow'] {
  if (a === undefined || b === undefined) return a ?? b;
  return new Set([...a].filter((tool) => b.has(tool)).sort());
}

/** With the burst that a rate has when it names none. */
const tidy = (policy: CallPolicy): CallPolicy => tighter(policy, {});

const perCall = (policy: CallPolicy): CallPolicy =>
  Object.fromEntries(PER_CALL.flatMap((name) => (policy[name] === undefined ? [] : [[name, policy[name]]])));
