/** All verbs, in the order of lists. */
export const VERBS = [
  'read',
  'call',
  'inspect',
  'operate',
  'login',
  'provision',
  'secrets',
  'approve',
  'admin',
] as const;

/** An action of a caller. No verb implies another one. */
export type Verb = (typeof VERBS)[number];

/** A set of verbs for services and their items. The patterns are globs with `*` only, at most 64 of each kind. */
export interface Grant {
  readonly verbs: readonly Verb[];
  /** Namespaces of services. The control tools are in the namespace `runtime`. */
  readonly services: readonly string[];
  /** The upstream's own names of tools and prompts, and URIs of resources. */
  readonly tools: readonly string[];
  /** Services and items that the grant leaves out. */
  readonly except?: { readonly services?: readonly string[]; readonly tools?: readonly string[] };
  readonly limits?: GrantLimits;
}

/** Limits of the tool calls that a grant allows, for all calls of the principal together. */
export interface GrantLimits {
  readonly perMinute?: number;
  readonly burst?: number;
  readonly concurrency?: number;
}

/** Returns a grant of these verbs for every service and tool. */
export const grantOf = (...verbs: readonly Verb[]): Grant => ({ verbs, services: ['*'], tools: ['*'] });

/** Returns the verbs of a role: a short form for people. */
export const ROLES = {
  client: ['read', 'call'],
  viewer: ['read', 'inspect'],
  operator: ['read', 'call', 'inspect', 'operate', 'login', 'provision', 'secrets', 'approve'],
  admin: VERBS,
} as const satisfies Readonly<Record<string, readonly Verb[]>>;
export type Role = keyof typeof ROLES;
