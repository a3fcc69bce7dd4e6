import type { Caller, Principal } from './caller.ts';

interface Known {
  readonly tenant: string;
  readonly key: string;
}

const keys = new WeakMap<Principal, Known>();

/**
 * Returns the key of the account that a caller uses: tenant and principal. Every pool that callers share counts by it. Hot
 * path: allocates once per principal. An operator who acts in several tenants has an account in each.
 */
export function principalKey({ tenant, principal }: Caller): string {
  const known = keys.get(principal);
  if (known?.tenant === tenant) return known.key;
  const key = `${tenant} ${principal.kind} ${principal.id}`;
  keys.set(principal, { tenant, key });
  return key;
}
