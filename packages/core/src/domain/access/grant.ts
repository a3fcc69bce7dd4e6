/** An action of a caller. No verb implies another one. */
export type Verb = 'read' | 'call' | 'inspect' | 'operate' | 'login' | 'provision' | 'secrets' | 'approve' | 'admin';

/** The verbs that doors grant today, in the order of lists. */
export const GRANTED_VERBS = ['read', 'call', 'operate', 'provision', 'secrets'] as const satisfies readonly Verb[];

/** A set of verbs for services and tools. The patterns are globs with `*` only, at most 64 of each kind. */
export interface Grant {
  readonly verbs: readonly Verb[];
  /** Namespaces of services. */
  readonly services: readonly string[];
  /** The upstream's own names of tools. */
  readonly tools: readonly string[];
  /** Services and tools that the grant leaves out. */
  readonly except?: { readonly services?: readonly string[]; readonly tools?: readonly string[] };
  readonly limits?: { readonly perMinute?: number; readonly burst?: number; readonly concurrency?: number };
}

/** Returns a grant of these verbs for every service and tool. */
export const grantOf = (...verbs: readonly Verb[]): Grant => ({ verbs, services: ['*'], tools: ['*'] });

/** Returns whether one of the grants has a verb. Hot path: allocates nothing. */
export function hasVerb({ grants }: { readonly grants: readonly Grant[] }, verb: Verb): boolean {
  for (const { verbs } of grants) if (verbs.includes(verb)) return true;
  return false;
}
