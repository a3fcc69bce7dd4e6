import type { Caller, Principal } from './caller.ts';

const keys = new WeakMap<Principal, string>();

/**
 * Returns the key of the account that a caller uses: tenant and principal. Every pool that callers share counts by it. Hot
 * path: allocates once per principal.
 */
export function principalKey({ tenant, principal }: Caller): string {
  const known = keys.get(principal);
  if (known !== undefined) return known;
  const key = `${tenant} ${principal.kind} ${principal.id}`;
  keys.set(principal, key);
  return key;
}
