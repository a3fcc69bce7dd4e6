import { ClarityError } from '../errors/clarity-error.ts';
import { AccessRules, bitsOf, type AccessTarget } from './access-rules.ts';
import type { Caller, Door } from './caller.ts';
import { type GrantLimits, type Verb, VERBS } from './grant.ts';
import type { ProfileBinding } from './profile-view.ts';
import type { ItemKind } from './profile.ts';

/** An action of a caller with its target. */
export interface AccessRequest {
  readonly verb: Verb;
  /**
   * A service or one of its items; `everything` for an act that concerns all services; `something` for an act whose result
   * is filtered by service.
   */
  readonly target: AccessTarget | 'everything' | 'something';
}

/**
 * The decision about a request. `isVisible` is false when the caller must get the answer for an unknown name. `by` is the
 * layer that refuses.
 */
export type AccessVerdict =
  | { readonly isAllowed: true }
  | { readonly isAllowed: false; readonly by: 'door' | 'profile' | 'grant'; readonly isVisible: boolean };

type Subject = Pick<Caller, 'door' | 'grants' | 'profile'>;

const ALLOWED: AccessVerdict = { isAllowed: true };
const WRONG_DOOR: AccessVerdict = { isAllowed: false, by: 'door', isVisible: true };
const NO_GRANT: AccessVerdict = { isAllowed: false, by: 'grant', isVisible: true };
const UNKNOWN: AccessVerdict = { isAllowed: false, by: 'grant', isVisible: false };
const NOT_IN_PROFILE: AccessVerdict = { isAllowed: false, by: 'profile', isVisible: false };
const BEYOND_PROFILE: AccessVerdict = { isAllowed: false, by: 'profile', isVisible: true };

const EVERY = bitsOf(VERBS);
/** `approve` and `admin` are for people: no door of a model passes them, whatever the grants say. */
const MODEL = bitsOf(['read', 'call', 'inspect', 'operate', 'login', 'provision', 'secrets']);
const DOORS: Readonly<Record<Door, number>> = {
  http: EVERY,
  embedded: EVERY,
  boot: EVERY,
  mcp: MODEL,
  stdio: MODEL,
  metrics: bitsOf(['read']),
};
const USE = bitsOf(['read', 'call']);

const bitOf = Object.fromEntries(VERBS.map((verb) => [verb, bitsOf([verb])])) as Readonly<Record<Verb, number>>;

/** Returns the verbs that the profile of a caller passes for an item; all without a profile, none after its removal. */
const passed = (
  profile: ProfileBinding | undefined,
  namespace: string,
  kind: ItemKind,
  item: string | undefined,
): number => (profile === undefined ? EVERY : (profile.view?.on(namespace, kind, item) ?? 0));

/** A profile hides services, so no act on everything passes it. */
const passedInAll = (profile: ProfileBinding | undefined, target: 'everything' | 'something'): number => {
  if (profile === undefined) return EVERY;
  return target === 'everything' ? 0 : (profile.view?.some ?? 0);
};

/**
 * Decides a request of a caller. Every list, call, route and control tool uses this function or one of the short forms
 * below. To use an item (`call`) a caller needs `read` as well, so that it can use only what its lists show. A caller without
 * any verb for a service or an item does not learn that it exists. Each layer only narrows: grants, door, profile. Hot path:
 * allocates nothing without a profile.
 */
export function decide({ door, grants, profile }: Subject, { verb, target }: AccessRequest): AccessVerdict {
  const rules = AccessRules.of(grants);
  const needed = verb === 'call' && typeof target === 'object' ? USE : bitOf[verb];
  if (typeof target !== 'object') {
    const held = target === 'everything' ? rules.everywhere : rules.some;
    if ((held & needed) === 0) return NO_GRANT;
    if ((passedInAll(profile, target) & needed) === 0) return BEYOND_PROFILE;
    return (DOORS[door] & needed) === 0 ? WRONG_DOOR : ALLOWED;
  }
  const held = rules.on(target.namespace, target.item);
  if ((held & DOORS[door]) === 0) return UNKNOWN;
  const inProfile = passed(profile, target.namespace, target.kind ?? 'tool', target.item);
  if ((held & DOORS[door] & inProfile) === 0) return NOT_IN_PROFILE;
  if ((held & needed) !== needed) return NO_GRANT;
  if ((inProfile & needed) !== needed) return BEYOND_PROFILE;
  return (DOORS[door] & needed) === needed ? ALLOWED : WRONG_DOOR;
}

/** Returns whether a caller may use the verb on a service or on one of its items. */
export function allowsOn(
  { door, grants, profile }: Subject,
  verb: Verb,
  namespace: string,
  item?: string,
  kind: ItemKind = 'tool',
): boolean {
  const needed = verb === 'call' ? USE : bitOf[verb];
  const held = AccessRules.of(grants).on(namespace, item) & DOORS[door];
  return (held & passed(profile, namespace, kind, item) & needed) === needed;
}

/** Returns whether a caller may know that a service or one of its items exists. */
export const knowsOf = (
  { door, grants, profile }: Subject,
  namespace: string,
  item?: string,
  kind: ItemKind = 'tool',
): boolean => (AccessRules.of(grants).on(namespace, item) & DOORS[door] & passed(profile, namespace, kind, item)) !== 0;

/** Returns whether one of the grants has the verb, for some service. Hot path: allocates nothing. */
export const hasVerb = (
  { grants, door, profile }: Pick<Caller, 'grants' | 'profile'> & { readonly door?: Door },
  verb: Verb,
): boolean => {
  const held = AccessRules.of(grants).some & (door === undefined ? EVERY : DOORS[door]);
  return (held & passedInAll(profile, 'something') & bitOf[verb]) !== 0;
};

/** Returns the verbs that a caller has for some service. */
export const heldVerbs = (caller: Subject): readonly Verb[] => VERBS.filter((verb) => hasVerb(caller, verb));

/** Returns a key: callers with the same key see and use the same services and items under the same names. */
export const accessKey = ({ door, grants, profile }: Subject): string => {
  const key = `${DOORS[door].toString(36)}.${AccessRules.of(grants).key}`;
  return profile === undefined ? key : `${key}/${profile.view?.key ?? ''}`;
};

/** Returns the limits that the grants of a caller set for calls of an item. */
export const callLimitsOf = (
  { grants }: Pick<Caller, 'grants'>,
  namespace: string,
  item: string,
): GrantLimits | undefined => AccessRules.of(grants).limits('call', namespace, item);

const hints: Readonly<Record<Verb, string>> = {
  read: 'use a caller that may read',
  call: 'use a caller that may call tools',
  inspect: 'use a caller that may read logs and manifests',
  operate: 'use a caller that may operate services, for example clarityctl',
  login: 'use a caller that may log in at services',
  provision: 'register it with clarityctl, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
  secrets: 'use clarityctl auth, or start clarityd with CLARITY_ENABLE_MCP_PROVISIONING=1',
  approve: 'use clarityctl or the status page',
  admin: 'use clarityctl or the status page',
};

/** Returns the error of a request that is refused for want of a verb. */
export const grantRequired = ({ verb, target }: AccessRequest): ClarityError =>
  new ClarityError('GRANT_REQUIRED', `it needs '${verb}'${target === 'everything' ? ' for every service' : ''}`, {
    hint: hints[verb],
  });

/**
 * Checks that a caller may do what it requests. The doors of the runtime have checked its tenant.
 * @throws ClarityError GRANT_REQUIRED when it may not.
 */
export function requireAccess(caller: Caller, request: AccessRequest): void {
  if (!decide(caller, request).isAllowed) throw grantRequired(request);
}
